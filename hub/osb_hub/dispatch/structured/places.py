"""What is where in the two tuples that go through the compiled code: matrices of one home, and what is held when."""

# the room for one home's matrices: blocks are [size², blocks] (see blocks.py), columns those of the link vector
(
    DIAGONAL,  # of the fills' matrix, and its coupling to the block before
    BELOW,
    LOWER,  # its factor, and that of the coupling
    COUPLING,
    RIGHT,  # right side
    SMALLS,  # a few small matrices
    HERE,  # how a column acts on its own block's fills, on those before, and what it draws after itself
    BEFORE,
    FORTH,
    BACK,  # see spread.py, as the four that follow
    ALONG,
    LIVE,
    CARRY,
    START,
) = range(14)

# what is held when: J columns in Q slots
(
    SLOT_OF,  # [J]
    SIDE_OF,  # [J] up or down
    SHARE,  # [2, T] of each window in the price of leaving the band
    HELD_SLOTS,  # [Q]
    UP_OF,  # [Q] column of what is held upward; -1: nothing
    DOWN_OF,
    LONGEST,  # slots of the longest window
    NET_AT,  # [T] place of a slot's net in the link vector
    HELD_AT,  # [J] of a held column
    WEIGHTED_AT,  # [J] and of the same, weighted with the home's reliability
    BEGINS_WIDE,  # first place of each block of LONGEST slots, and of each slot
    BEGINS,
    BLOCK_WIDE,  # block of LONGEST slots and slot of each place
    BLOCK,
    ON,  # [2, Q] 1: held in this direction
    Q_OF,  # [J] of a column's slot among the held ones
    LENGTH_OF,  # [2, Q] slots of a window within the horizon
    PLACES_WIDE,  # ([T], [T]) block of a slot's fill and its place in the block; blocks of LONGEST slots
    PLACES,  # and of one
    SIDE_AT,  # [J] of a column in a store's workspace (reserve.py): its direction's first row, its first window's
    WINDOW_AT,
) = range(21)
