"""What starts the box: it chooses a version, takes back one that does not work, and needs nothing of any of them."""

watched = False  # the version that runs is new or has crashed, and must show that it is well
data = ""  # what stands before the path of data of a module in the image, once a pack is mounted
mounted = None  # the Pack there
PLACE = "/o"  # where its pack is mounted: short, as it is the beginning of each module's path
