"""`vpp demo`: run a neighbourhood for a day, measure it, and say what it kept of its promises."""
