// What is typed is kept as it is typed. <form data-autosave="/address"> holds an element with data-saved, which says
// "Saved 10:42", or that it could not and will try again. Without a line it is kept in this tab, through a reload too, and
// what is sent waits for the line. Nothing else on the page changes.
import { unsent } from './unsent.mjs'

const PAUSE = 800
const AGAIN = 5000

export function autosave (document) {
  for (const form of document.querySelectorAll('form[data-autosave]')) watch(form)
}

function watch (form) {
  const says = form.querySelector('[data-saved]') || document.querySelector('[data-saved]')
  let wait
  let saving = false
  let changed = false
  let sent = false
  let failing = false
  let waiting
  let asking
  const store = unsent(form)
  if (store.bring()) { form.dataset.unsaved = 'yes'; wait = setTimeout(() => save(), 0) }

  async function save () {
    clearTimeout(wait)
    if (sent) return
    if (saving) { changed = true; return }
    saving = true
    changed = false
    asking = new AbortController()
    const body = new FormData(form)
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name)
    const answer = await fetch(form.dataset.autosave, { method: 'POST', body, credentials: 'same-origin', keepalive: true, signal: asking.signal, headers: { 'X-Autosave': '1' } }).catch(() => null)
    saving = false
    if (sent) return
    failing = !answer
    if (answer?.ok) {
      if (says) says.textContent = 'Saved ' + new Date().toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'Europe/London' })
      const told = answer.headers.get('content-type')?.includes('json') ? await answer.json().catch(() => null) : null
      form.dispatchEvent(new CustomEvent('moothall:saved', { bubbles: true, detail: told }))
      if (changed) later(PAUSE)
      else { delete form.dataset.unsaved; store.drop() }
      if (waiting) { const button = waiting; waiting = undefined; form.requestSubmit(button === form ? undefined : button) }
    } else {
      if (says && !waiting) says.textContent = answer?.status === 401 ? 'Sign in again to save. Nothing is lost.' : 'Not saved yet. We’ll keep trying.'
      store.put()
      later(AGAIN)
    }
  }
  const later = (pause) => { clearTimeout(wait); wait = setTimeout(save, pause) }
  const changing = (pause) => { form.dataset.unsaved = 'yes'; changed = saving; later(pause) }
  form.addEventListener('input', () => changing(PAUSE))
  form.addEventListener('change', () => changing(0))
  // Leaving by a link or closing the window takes along what the pause had not let through yet.
  window.addEventListener('pagehide', () => { if (form.dataset.unsaved) { saving = false; save() } })
  form.addEventListener('submit', (event) => {
    if (failing || !navigator.onLine) {
      event.preventDefault()
      waiting = event.submitter || form
      form.dataset.unsaved = 'yes'
      store.put()
      if (says) says.textContent = 'No signal. It is kept here and sent when the line is back.'
      later(AGAIN)
      return
    }
    clearTimeout(wait); sent = true; delete form.dataset.unsaved; store.drop(); asking?.abort()
  })
  window.addEventListener('online', () => { if (form.dataset.unsaved) later(0) })
  window.addEventListener('pageshow', (event) => { if (event.persisted) sent = false })
}
