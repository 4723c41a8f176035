// What every page gets: GOV.UK's behaviour for the components we use, and our guards.
import { CharacterCount, Checkboxes, ErrorSummary, Radios, createAll } from 'govuk-frontend'

import { once } from './once.mjs'
import { session } from './session.mjs'

export function start () {
  document.body.classList.add('js-enabled', 'govuk-frontend-supported')
  createAll(ErrorSummary)
  createAll(Radios)
  createAll(Checkboxes)
  createAll(CharacterCount)
  once(document)
  session(document)
}
