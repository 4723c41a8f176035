// Site pages work without this; with it they are quicker to use.
import { start } from './start.mjs'
import { suggest } from './suggest.mjs'

start()
for (const form of document.querySelectorAll('[data-suggest]')) suggest(form)
