"""The consensus driver: carries out the effects of the pure `step`, each fully before the next, through ports. Pure."""
