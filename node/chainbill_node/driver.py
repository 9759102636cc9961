"""The consensus driver: feeds events to the pure `step` and carries out its effects, each fully before the next.

How a shell uses it:

    driver = Driver(Ports(signer_file, application, network, timers, clock, observer, key), Settings(chain_id=...))
    driver.start()                                  # recovers the signer file; SignerFileError: refuse to start
    driver.handle(MessageReceived(peer, message))   # wire.decode(data) done by the shell; Transactions go to the
                                                    # mempool instead, Malformed drops the peer
    driver.handle(TimerFired(timer))                # what Timers.schedule was given
    driver.handle(WorkArrived())                    # the mempool went from empty to not empty
    driver.handle(PeerJoined(peer)); driver.handle(PeerLeft(peer))
    driver.waiting_for()                            # WaitingFor: height, round, step, who is missing since when

All calls come from one thread, never from inside a port. `handle` returns when everything that follows from the event
is done: signed, synced to the signer file, queued for sending, committed. Between two heights there is always a START
timer, so `handle` never recurses, and a shell's event loop gets its turn.

An exception out of `handle` ends the process (disk error, own fault). `driver.halted` gives the reason when the node
must not go on because its state has diverged from what a quorum decided (rule 8).
"""
