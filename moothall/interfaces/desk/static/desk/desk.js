// The desk's own behaviour, on top of the keyboard and saving that all officers' screens share.
const typing = (target) => target instanceof Element && target.closest('input:not([type=radio],[type=checkbox]),textarea,select,[contenteditable]')
const keysOff = () => { try { return localStorage.getItem('moothall:keys-off') === 'yes' } catch { return false } }

// A contact's length runs on in the strip; only figures change, and nobody is told of it aloud.
const clocks = [...document.querySelectorAll('[data-since]')].map((place) => ({ place, from: Number(place.dataset.since), began: performance.now() }))
if (clocks.length) setInterval(() => {
  for (const { place, from, began } of clocks) {
    const seconds = from + Math.floor((performance.now() - began) / 1000)
    const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    place.textContent = (parts[0] ? [parts[0], String(parts[1]).padStart(2, '0')] : [parts[1]]).concat(String(parts[2]).padStart(2, '0')).join(':')
  }
}, 1000)

// Enter presses the button of the box one types in, not the first of the whole form: a call is promised, not the request sent.
const boxButton = (target) => target.closest?.('form[data-matter] details.act .act__in')?.querySelector('button[type=submit]')
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.defaultPrevented || event.isComposing || !event.target.matches?.('form[data-matter] input:not([type=hidden])')) return
  const button = boxButton(event.target) || event.target.form.querySelector('button[type=submit]:not([data-by-enter])')
  if (!button || event.ctrlKey || event.altKey || event.metaKey) return
  event.preventDefault()
  button.click()
})

// 1 to 9 say why they had to contact us, from anywhere outside a box; Enter then finishes.
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey && event.key === 'Enter') {
    const form = event.target.closest?.('form')
    const send = boxButton(event.target) || form?.querySelector('[data-send]') || form?.querySelector('button:not([type=button])')
    if (send) { event.preventDefault(); send.click() }
    return
  }
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || keysOff()) return
  if (typing(event.target) || document.querySelector('dialog[open]')) return
  const cause = /^[1-9]$/.test(event.key) && document.querySelector(`[data-cause-key="${event.key}"]`)
  if (cause) {
    event.preventDefault()
    cause.checked = true
    cause.focus()
    cause.dispatchEvent(new Event('input', { bubbles: true }))
    return
  }
  if (event.key === 'x') {
    const mark = document.querySelector('tr.is-here [data-mark]')
    if (mark) { event.preventDefault(); mark.click() }
  }
})

// What opens in its place gets the hand at once; opening one closes its neighbours, so that nothing is sent by mistake.
document.addEventListener('toggle', (event) => {
  const act = event.target
  if (!act.matches?.('details.act') || !act.open) return
  for (const other of document.querySelectorAll('details.act[open]')) if (other !== act && !other.contains(act)) other.open = false
  // The event comes a moment after the opening: a hand that is already in one of its boxes is not pulled away.
  const inside = act.querySelector('.act__in')
  if (inside && !inside.contains(document.activeElement)) inside.querySelector(':is(input:not([type=hidden]),select,textarea,button)')?.focus()
}, true)

// What the form would come to, told by the server with each save: which questions are asked, the promise, the team.
document.addEventListener('moothall:saved', (event) => {
  const form = event.target
  const told = event.detail
  if (!form.matches('[data-matter]') || !told) return
  const asked = new Set(told.asked)
  for (const line of form.querySelectorAll('[data-line]')) line.hidden = !asked.has(line.dataset.line)
  say(form, '[data-promise]', told.promise || 'none yet')
  say(form, '[data-team]', told.team)
  const because = form.querySelector('[data-because]')
  if (because) { because.hidden = !told.because; because.querySelector('span').textContent = told.because }
  list('[data-found]', told.found)
  list('[data-says]', told.say.map((words) => `“${words}”`))
  list('[data-does]', told.do)
})

function say (form, where, words) {
  const place = form.querySelector(where)
  if (place && place.textContent !== words) place.textContent = words
}

function list (where, lines) {
  const place = document.querySelector(where)
  if (!place || [...place.children].map((item) => item.textContent).join('\n') === lines.join('\n')) return
  place.replaceChildren(...lines.map((words) => Object.assign(document.createElement('li'), { textContent: words })))
}

// Addresses while typing: choose with the arrows and Enter, or go on typing; what is typed over loses its UPRN.
for (const box of document.querySelectorAll('[data-finder]')) finder(box)

function finder (box) {
  const input = box.querySelector('input:not([type=hidden])')
  const id = box.querySelector('[data-finder-id]')
  box.querySelector('[data-finder-of]')?.remove() // without a script it tells whether the address was typed over; here we see it
  const found = document.createElement('ul')
  Object.assign(found, { id: `${input.id}-found`, className: 'finder__list', hidden: true })
  found.setAttribute('role', 'listbox')
  found.setAttribute('aria-label', 'What was found')
  box.append(found)
  for (const [name, value] of Object.entries({ role: 'combobox', 'aria-expanded': 'false', 'aria-controls': found.id, 'aria-autocomplete': 'list' })) input.setAttribute(name, value)
  let results = []
  let here = -1
  let wait
  let asking
  const close = () => { found.hidden = true; here = -1; input.setAttribute('aria-expanded', 'false'); input.removeAttribute('aria-activedescendant') }
  const choose = (result) => { input.value = result.text; id.value = result.uprn; close(); input.dispatchEvent(new Event('change', { bubbles: true })) }
  const mark = (next) => {
    here = (next + results.length) % results.length
    found.childNodes.forEach((item, i) => item.setAttribute('aria-selected', String(i === here)))
    input.setAttribute('aria-activedescendant', found.childNodes[here].id)
  }
  async function ask () {
    asking?.abort()
    asking = new AbortController()
    const words = input.value.trim()
    if (words.length < 3) return close()
    try {
      const answer = await fetch(`${box.dataset.finder}?q=${encodeURIComponent(words)}`, { signal: asking.signal, headers: { 'X-Requested-With': 'fetch' } })
      if (!answer.ok) return close()
      results = (await answer.json()).results
    } catch { return }
    found.replaceChildren(...results.map((result, i) => {
      const item = Object.assign(document.createElement('li'), { id: `${found.id}-${i}`, textContent: result.text })
      item.setAttribute('role', 'option')
      item.setAttribute('aria-selected', 'false')
      item.addEventListener('pointerdown', (event) => { event.preventDefault(); choose(result) })
      return item
    }))
    here = -1
    found.hidden = !results.length
    input.setAttribute('aria-expanded', String(!found.hidden))
  }
  input.addEventListener('input', () => { id.value = ''; clearTimeout(wait); wait = setTimeout(ask, 150) })
  input.addEventListener('blur', close)
  input.addEventListener('keydown', (event) => {
    if (found.hidden) return
    if (event.key === 'ArrowDown') { event.preventDefault(); mark(here + 1) }
    if (event.key === 'ArrowUp') { event.preventDefault(); mark(here < 0 ? results.length - 1 : here - 1) }
    if (event.key === 'Enter' && here >= 0) { event.preventDefault(); choose(results[here]) }
    if (event.key === 'Escape') { event.preventDefault(); event.stopPropagation(); close() }
  })
}

// A form that opens gives the hand to the first question that still has no answer.
const matter = document.querySelector('form[data-matter]')
if (matter && (document.activeElement === document.body || document.activeElement === null) && !document.querySelector('[role=alert]')) {
  const empty = (line) => {
    const controls = [...line.querySelectorAll('input:not([type=hidden]),select,textarea')]
    const chosen = controls.some((control) => /radio|checkbox/.test(control.type) ? control.checked : control.value)
    return chosen ? null : controls[0]
  }
  const first = [...matter.querySelectorAll('[data-line]:not([hidden])')].map(empty).find(Boolean)
  ;(first || matter.querySelector('[data-send]')).focus({ preventScroll: true })
}

for (const button of document.querySelectorAll('[data-print]')) button.addEventListener('click', () => print())
