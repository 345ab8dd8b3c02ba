"""The reviewer's instrument: separate code that shares nothing with the planner."""
