"""From duties to schedules of joint visits, with the lower bound and the conflict register."""
