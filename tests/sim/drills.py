"""Recovery: validators lose data, signer file or both, or come back with old ones, at a random moment.

The network must go on by itself, nothing may be signed twice, nothing decided otherwise, and all must stand together in
the end. `words` are for what only an operator can say: that those who are silent will stay so.
"""

from __future__ import annotations

from sim import drill_attacks as attacks
from sim import drill_losses as losses
from sim.drill_losses import Play
from sim.nodes import SimulatedNode

DRILLS: dict[str, tuple[Play, tuple[int, ...]]] = {
    "loses its data": (losses.loses(SimulatedNode.lose_data), (2, 3, 4, 7)),
    "loses data and signer file": (losses.loses(SimulatedNode.lose_data, SimulatedNode.lose_signer), (2, 3, 4, 7)),
    "loses its signer file": (losses.loses(SimulatedNode.lose_signer), (2, 3, 4, 7)),
    "two lose their data": (losses.loses(SimulatedNode.lose_data, count=2), (4, 7)),
    "gets a backup back": (losses.gets_a_backup, (2, 3, 4, 7)),
    "gets an old image back": (losses.gets_an_old_image, (2, 3, 4, 7)),
    "one after the other": (losses.one_after_the_other, (2, 3, 4, 7)),
    "the second before the first has signed": (attacks.the_second_before_the_first_has_signed, (2, 3, 4)),
    "f + 1 lose data and signer file": (losses.more_than_may_fail_lose_everything, (4, 7)),
    "some are gone for good": (losses.some_are_gone_for_good, (4, 5, 6, 7)),
    "a word after a power cut": (attacks.a_word_after_a_power_cut, (4, 7)),
    "only the lost had decided": (attacks.only_the_lost_had_decided, (4,)),
    "who has locked is slow to answer": (attacks.who_has_locked_is_slow_to_answer, (4,)),
    "one was a round ahead": (attacks.one_was_a_round_ahead, (2, 3)),
    "one was led by another": (attacks.one_was_led_by_another, (3,)),
    "all restart while one asks": (attacks.all_restart_while_one_asks, (2, 3, 4)),
    "others decide the next height": (attacks.others_decide_the_next_height, (2, 3, 4)),
    "its words are in no certificate": (attacks.its_words_are_in_no_certificate, (4, 7)),
    "the slowest alone keeps its data": (attacks.the_slowest_alone_keeps_its_data, (2, 3, 4, 7)),
    "the first witness is a laggard": (attacks.the_first_witness_is_a_laggard, (4, 7)),
    "all but one lose their data": (losses.all_but_one_lose_data, (2, 3, 4, 7)),
}
"""By name: what is played, and of how many validators."""
