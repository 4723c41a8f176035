// The console: the desk’s keyboard and saving, without its calls.
import { autosave } from './autosave.mjs'
import { keys } from './keys.mjs'
import { start } from './start.mjs'

start()
keys(document)
autosave(document)
