// One key, one thing. A control says its own key: <a data-key="q">; a table row is <tr data-row> with a first link.
// Nothing happens while someone types, or with Ctrl, Alt or Meta held, so no screen reader or browser key is taken.
// People can switch single keys off (WCAG 2.1.4): the choice is kept in this browser.
import { figures, walk } from './boxes.mjs'

const OFF = 'moothall:keys-off'

const typing = (target) => target instanceof Element && target.closest('input:not([type=radio],[type=checkbox]),textarea,select,[contenteditable]')

export function keys (document) {
  const help = document.querySelector('dialog.ui-help')
  const choice = help?.querySelector('[data-keys-off]')
  if (choice) {
    choice.checked = localStorage.getItem(OFF) === 'yes'
    choice.addEventListener('change', () => localStorage.setItem(OFF, choice.checked ? 'yes' : 'no'))
  }
  // The hand was in the box already, and its key is pressed all the same: "mmissed bin" is meant as "missed bin".
  document.addEventListener('input', (event) => {
    const box = event.target
    const key = box.dataset?.key
    if (key && typing(box) && box.value === key + key && /[a-z]/.test(key)) box.value = key
  })
  document.addEventListener('click', (event) => {
    if (event.target.closest?.('[data-help]')) help?.showModal()
  })
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return
    if (event.key === 'Escape' && typing(event.target)) return event.target.blur()
    if (walk(event)) return event.preventDefault()
    if ((typing(event.target) && !figures(event)) || localStorage.getItem(OFF) === 'yes' || document.querySelector('dialog[open]')) return
    if (event.key === '?') { event.preventDefault(); return help?.showModal() }
    if (event.key === '/') { event.preventDefault(); const box = document.querySelector('[data-search]'); box?.focus(); return box?.select() }
    if ((event.key === 'j' || event.key === 'k') && document.querySelector('tr[data-row]')) return move(document, event.key === 'j' ? 1 : -1)
    if (event.key === 'Enter' && !event.target.closest?.('a,button,summary,input')) return document.querySelector('tr.is-here a')?.click()
    if (event.key.length !== 1) return
    const control = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`)
    if (!control) return
    event.preventDefault()
    if (control.matches('input:not([type=radio],[type=checkbox]),textarea,select')) control.focus()
    else control.click()
  })
}

function move (document, by) {
  const rows = [...document.querySelectorAll('tr[data-row]')]
  if (!rows.length) return
  const at = rows.findIndex((row) => row.classList.contains('is-here'))
  const next = rows[Math.min(rows.length - 1, Math.max(0, at < 0 ? 0 : at + by))]
  rows[at]?.classList.remove('is-here')
  next.classList.add('is-here')
  next.querySelector('a,button')?.focus()
  next.scrollIntoView({ block: 'nearest' })
}
