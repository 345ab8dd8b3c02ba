"""Every limit in four places: rules, planner, audit, tests; and planners that forget one."""
