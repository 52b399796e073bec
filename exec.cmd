@rem npm scripts say "exec node ...", so that signals reach Node itself and not a shell in between.
@rem This is that word for Windows, whose shell does not know it.
@%*
