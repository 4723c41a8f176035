// Reporting without a signal: what is wrong, where, photos. Kept in this browser, sent once when the network is back.
// Each report carries an id of its own, so that sending it again is harmless; it leaves this browser when it was answered.
// What was refused stays, to be changed or copied; what could not be sent is tried again, and holds up none of the others.
import { clockTime, h } from './field/draw.mjs'
import { shrink } from './field/photo.mjs'

const { page, worker, later, scope, definitions } = document.querySelector('[data-later]').dataset
const place = document.querySelector('[data-later]')
const ASKED = ['choice', 'yes_no', 'multi_choice', 'text', 'long_text', 'number']

function store (mode, work) {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open('moothall-reports', 1)
    asked.onupgradeneeded = () => asked.result.createObjectStore('reports', { keyPath: 'id' })
    asked.onerror = () => reject(asked.error)
    asked.onsuccess = () => {
      const lot = asked.result.transaction('reports', mode, mode === 'readwrite' ? { durability: 'strict' } : {})
      let answer
      const request = work(lot.objectStore('reports'))
      request.onsuccess = () => { answer = request.result }
      lot.oncomplete = () => { asked.result.close(); resolve(answer) }
      lot.onabort = lot.onerror = () => { asked.result.close(); reject(lot.error ?? request.error) }
    }
  })
}
const all = () => store('readonly', (reports) => reports.getAll())
const keep = (report) => store('readwrite', (reports) => reports.put(report))
const drop = (id) => store('readwrite', (reports) => reports.delete(id))

// -- what is kept, and what became of it ------------------------------------------------------------------------------

const PAUSES = [1, 2, 5, 10, 20] // minutes between tries while this page is open
const KEPT = 'kept in this browser. We send it by itself when there is a signal: leave this page open, or come back to it.'
const list = h('div', { 'aria-live': 'polite' })
place.append(list)
let tries = 0
let again = 0

const button = (words, onclick) => h('button', { type: 'button', class: 'govuk-button govuk-button--secondary', onclick }, words)
const words = ({ name, said, answers }) => [name, ...(said ?? Object.values(answers).map((one) => ['', typeof one === 'object' ? Object.values(one).join(', ') : one])).map(([label, text]) => `${label} ${text}`.trim())].join('\n')

// Everything of a report that could not be sent, to be taken elsewhere: its words in a box, its photos as files.
function copy (one) {
  return h('details', { class: 'govuk-details' }, h('summary', { class: 'govuk-details__summary' }, h('span', { class: 'govuk-details__summary-text' }, 'Copy what you wrote')),
    h('div', { class: 'govuk-details__text' }, h('textarea', { class: 'govuk-textarea', readonly: true, rows: 6, 'aria-label': `What you wrote: ${one.name}`, onfocus: ({ target }) => target.select() }, words(one)),
      one.photos.map((photo, n) => h('p', {}, h('a', { class: 'govuk-link', download: `photo-${n + 1}.jpg`, href: URL.createObjectURL(new Blob([photo], { type: 'image/jpeg' })) }, `Save photo ${n + 1}`)))))
}

function shown (one) {
  const away = button('Put away', async () => { await drop(one.id); show() })
  const title = h('strong', {}, `${one.name}: `)
  if (one.sent) return [h('p', {}, title, one.sent.words, ' ', one.sent.link && h('a', { class: 'govuk-link', href: one.sent.link }, one.sent.says)), away]
  if (one.wrong) return [h('p', {}, title, `not sent. ${one.wrong}`), h('p', {}, h('a', { class: 'govuk-link', href: `${page}#${one.id}` }, 'Change it and send it again')), copy(one), away]
  if (one.trouble) return [h('p', {}, title, `kept in this browser. ${one.trouble} We try again by ourselves${again ? ` at ${clockTime(again)}` : ''}.`), copy(one)]
  return [h('p', {}, title, KEPT)]
}

async function show () {
  list.replaceChildren(...(await all()).map((one) => h('div', { class: 'later' }, shown(one))))
}

async function send () {
  let left = false
  for (const report of await all()) {
    if (report.sent || report.wrong) continue
    const { photos, said: told, trouble, ...rest } = report
    const body = new FormData()
    body.append('report', JSON.stringify(rest))
    for (const photo of photos) body.append('photo', new Blob([photo], { type: 'image/jpeg' }), 'photo.jpg')
    let answer
    try { answer = await fetch(later, { method: 'POST', body, headers: { 'X-Report': report.id } }) } catch { left = true; break }
    const said = await answer.json().catch(() => null)
    if (answer.ok && said) await keep({ ...rest, photos: [], answers: {}, sent: said })
    else if (answer.status === 422 && said) await keep({ ...report, wrong: said.message })
    else if (answer.status === 413) await keep({ ...report, wrong: 'It is too large for us. Take a photo out.' })
    else {
      left = true
      await keep({ ...report, trouble: said?.message ?? 'We could not take it just now.' })
      if (answer.status === 429) break // it counts for all of them
    }
    await show()
  }
  clearTimeout(again?.timer)
  again = 0
  if (!left) { tries = 0; return }
  const pause = PAUSES[Math.min(tries++, PAUSES.length - 1)] * 60_000
  again = Object.assign(new Date(Date.now() + pause), { timer: setTimeout(turn, pause) })
  await show()
}

const turn = () => navigator.locks ? navigator.locks.request('report-later', send) : send()
navigator.serviceWorker?.register(worker, { scope })
addEventListener('online', turn)

// -- the form ---------------------------------------------------------------------------------------------------------

const group = (...inside) => h('div', { class: 'govuk-form-group' }, inside)
const heading = (words) => h('legend', { class: 'govuk-fieldset__legend govuk-fieldset__legend--s' }, words)
const hint = (words) => words && h('div', { class: 'govuk-hint' }, words)

function pick (name, options, type = 'radio') {
  const kind = type === 'radio' ? 'radios' : 'checkboxes'
  return h('div', { class: `govuk-${kind}` }, options.map(({ value, label }, n) => h('div', { class: `govuk-${kind}__item` },
    h('input', { class: `govuk-${kind}__input`, type, name, id: `${name}-${n}`, value }),
    h('label', { class: `govuk-label govuk-${kind}__label`, for: `${name}-${n}` }, label))))
}

function asked (question) {
  const id = `q-${question.id}`
  if (question.type === 'yes_no') return group(h('fieldset', { class: 'govuk-fieldset' }, heading(question.label), hint(question.hint), pick(id, [{ value: 'yes', label: 'Yes' }, { value: 'no', label: 'No' }])))
  if (question.options.length) return group(h('fieldset', { class: 'govuk-fieldset' }, heading(question.label), hint(question.hint), pick(id, question.options, question.type === 'multi_choice' ? 'checkbox' : 'radio')))
  const box = question.type === 'long_text' ? h('textarea', { class: 'govuk-textarea', id, name: id, rows: 4 }) : h('input', { class: 'govuk-input', id, name: id })
  return group(h('label', { class: 'govuk-label govuk-label--s', for: id }, question.label), hint(question.hint), box)
}

let position = null
let photos = []

// `old`: a report that was refused, to be changed. It keeps its id, so that it is still one report however often it is sent.
function form (services, old = null) {
  const questions = h('div', {})
  const says = h('p', { role: 'status' })
  const wrong = h('p', { class: 'govuk-error-message', role: 'alert' })
  const shown = h('div', { class: 'later__photos', 'aria-live': 'polite' })
  const text = (id, label, more = {}) => group(h('label', { class: 'govuk-label govuk-label--s', for: id }, label), h('input', { class: 'govuk-input', id, name: id, ...more }))
  const made = h('form', { novalidate: true, 'data-many': true }, wrong,
    group(h('fieldset', { class: 'govuk-fieldset' }, heading('What is it?'), pick('service', services.map(({ code, name }) => ({ value: code, label: name }))))),
    group(h('fieldset', { class: 'govuk-fieldset' }, heading('Where is it?'),
      h('button', { type: 'button', class: 'govuk-button govuk-button--secondary', onclick: () => locate(says) }, 'Use where I am now'), says,
      text('where', 'Street, house number or what stands near it'))),
    questions,
    group(h('label', { class: 'govuk-label govuk-label--s', for: 'photo' }, 'Photos, up to three'),
      h('input', { class: 'govuk-file-upload', type: 'file', id: 'photo', accept: 'image/*', multiple: true, onchange: (event) => take(event.target, shown) }), shown),
    text('name', 'Your name, if you want to hear from us'), text('email', 'Email address', { type: 'email', autocomplete: 'email' }), text('phone', 'Mobile number', { inputmode: 'tel', autocomplete: 'tel' }),
    h('button', { class: 'govuk-button' }, 'Keep and send'))
  const service = () => services.find(({ code }) => code === made.querySelector('[name=service]:checked')?.value)
  const ask = () => questions.replaceChildren(...service().questions.filter((one) => ASKED.includes(one.type)).map(asked))
  made.addEventListener('change', (event) => { if (event.target.name === 'service') ask() })
  if (old) {
    for (const one of made.querySelectorAll('[name=service]')) one.checked = one.value === old.service
    if (service()) ask()
    fill(made, old, says)
    for (const photo of old.photos) keepPhoto(new Blob([photo], { type: 'image/jpeg' }), shown)
  }
  made.addEventListener('submit', async (event) => {
    event.preventDefault()
    const chosen = service()
    const data = new FormData(made)
    if (!chosen) { wrong.textContent = 'Choose what it is.'; wrong.scrollIntoView(); return }
    if (!position && !data.get('where').trim()) { wrong.textContent = 'Use where you are now, or say where it is.'; wrong.scrollIntoView(); return }
    const answers = {}
    const said = [['Where is it?', [data.get('where').trim(), ...Object.values(position ?? {})].join(' ')]]
    for (const question of chosen.questions) {
      const given = data.getAll(`q-${question.id}`).filter(Boolean)
      if (question.type === 'place') answers[question.id] = { describe: data.get('where').trim(), ...position }
      else if (question.type === 'contact' && (data.get('email') || data.get('phone') || data.get('name'))) answers[question.id] = { name: data.get('name'), email: data.get('email'), phone: data.get('phone') }
      else if (given.length) {
        answers[question.id] = question.type === 'multi_choice' ? given : given[0]
        said.push([question.label, given.map((one) => question.options.find(({ value }) => value === one)?.label ?? one).join(', ')])
      }
    }
    for (const one of ['name', 'email', 'phone']) if (data.get(one)) said.push(['', data.get(one)])
    const held = await Promise.all(photos.map((photo) => photo.arrayBuffer()))
    try { await keep({ id: old?.id ?? crypto.randomUUID(), service: chosen.code, name: chosen.name, at: old?.at ?? new Date().toISOString(), answers, said, photos: held }) } catch {
      wrong.textContent = 'This device is full and could not keep your report. Take the photos out, or find a signal.'
      wrong.scrollIntoView()
      return
    }
    photos = []
    position = null
    history.replaceState(null, '', page)
    made.replaceWith(h('p', {}, h('a', { class: 'govuk-link', href: page }, 'Report something else')))
    await show()
    list.setAttribute('tabindex', '-1')
    list.focus()
    turn()
  })
  return made
}

function locate (says) {
  says.textContent = 'Looking…'
  if (!('geolocation' in navigator)) { says.textContent = 'Your device did not say where it is. Say where in words.'; return }
  navigator.geolocation.getCurrentPosition(({ coords }) => {
    position = { latitude: coords.latitude.toFixed(6), longitude: coords.longitude.toFixed(6) }
    says.textContent = `Found, to within ${Math.ceil(coords.accuracy)} metres.`
  }, () => { says.textContent = 'Your device did not say where it is. Say where in words.' }, { enableHighAccuracy: true, timeout: 15000, maximumAge: 30000 })
}

// What was answered before, in the boxes again. A position cannot be seen in a box: it is said.
function fill (made, old, says) {
  for (const answer of Object.values(old.answers)) {
    if (answer && typeof answer === 'object' && 'describe' in answer) {
      made.querySelector('[name=where]').value = answer.describe
      if (answer.latitude) {
        position = { latitude: answer.latitude, longitude: answer.longitude }
        says.textContent = 'We have kept the position you gave.'
      }
    } else if (answer && typeof answer === 'object' && 'email' in answer) for (const [name, value] of Object.entries(answer)) made.querySelector(`[name=${name}]`).value = value ?? ''
  }
  for (const one of made.querySelectorAll('[name^="q-"]')) {
    const answer = old.answers[one.name.slice(2)]
    if (answer === undefined) continue
    if (one.type === 'radio' || one.type === 'checkbox') one.checked = [answer].flat().includes(one.value)
    else one.value = answer
  }
}

function keepPhoto (made, shown) {
  photos.push(made)
  const address = URL.createObjectURL(made)
  const image = h('img', { src: address, width: 120, alt: `Photo ${photos.length}`, onload: () => URL.revokeObjectURL(address) })
  const out = button(`Take photo ${photos.length} out`, () => { photos = photos.filter((one) => one !== made); image.remove(); out.remove() })
  shown.append(image, out)
}

async function take (input, shown) {
  for (const file of input.files) if (photos.length < 3) keepPhoto(await shrink(file), shown)
  input.value = ''
}

async function draw () {
  const { services } = await (await fetch(definitions)).json()
  const old = (await all()).find(({ id, wrong }) => wrong && `#${id}` === location.hash)
  position = null
  photos = []
  place.querySelector('form')?.remove()
  place.append(form(services, old))
  if (old) place.querySelector('form [name=service]:checked, form [name=service]').focus()
}

if (definitions) {
  draw()
  addEventListener('hashchange', draw)
}
show().then(turn)
