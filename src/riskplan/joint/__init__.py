"""From duties to schedules of joint visits, with the lower bound and the conflict register."""

from riskplan.joint.merging import Content, JointPlan, Merged, merge

__all__ = ["Content", "JointPlan", "Merged", "merge"]
