from osb_hub.jobs.replan import Course


def test_projection_is_the_mean_of_what_was_and_what_is_planned():
    # 5 of 15 minutes at 36 kW, the rest planned at 27 kW: (5·36 + 10·27) / 15 = 30 kW
    assert Course(36000, 27000, 300, 0).projected_w == 30000


def test_homes_that_run_above_the_plan_are_expected_to_go_on():
    # (5·36 + 10·(27 + 9)) / 15 = 36 kW
    assert Course(36000, 27000, 300, 9000).projected_w == 36000


def test_what_is_left_of_the_limit():
    # 30 kW over 15 min = 7.5 kWh; 5 min at 36 kW used 3 kWh; 4.5 kWh in 10 min = 27 kW
    assert Course(36000, 27000, 300, 0).limit_for_rest_w(30000) == 27000
    assert Course(36000, 27000, 300, 9000).limit_for_rest_w(30000) == 18000


def test_what_was_not_drawn_so_far_is_no_invitation():
    # 10 min at 15 kW used 2.5 of 7.5 kWh: 5 kWh in 5 min would be 60 kW, which one kettle more would break
    assert Course(15000, 27000, 600, -12000).limit_for_rest_w(30000) == 30000
    assert Course(15000, 27000, 600, 2000).limit_for_rest_w(30000) == 28000
