// The adviser's desk: htmx for parts of pages (loaded beside this), the keyboard, and what is saved.
import { autosave } from './autosave.mjs'
import { keys } from './keys.mjs'
import { photos } from './photos.mjs'
import { start } from './start.mjs'

start()
keys(document)
autosave(document)
photos(document)
