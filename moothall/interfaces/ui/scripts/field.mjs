// The field app. It draws from what the device holds; the network only sends and fetches behind its back.
import { h } from './field/draw.mjs'
import { joining } from './field/join.mjs'
import * as pages from './field/pages.mjs'
import * as store from './field/store.mjs'
import { Away, CutOff, setAddresses, sync } from './field/sync.mjs'
import * as taken from './field/taken.mjs'

const told = document.body.dataset
const addresses = { app: told.app, join: told.join, worker: told.worker, api: told.api }
setAddresses(addresses)
joining(addresses)
const main = document.getElementById('main')
const strip = document.getElementById('strip')
const pictures = new Map()
let turn = 0
let moving = false
let position = null
let trouble = ''
let parting = ''
let drawn = ''
let lasting = true
let ready = false

// -- what is held -----------------------------------------------------------------------------------------------------

async function gather () {
  const [jobs, reports, photos, shown, day, gone, drafts] = await Promise.all([
    store.all('jobs'), store.reports(), store.all('photos'), store.all('pictures'), store.meta('day'), store.meta('gone'), store.drafts()
  ])
  const waiting = reports.filter((one) => one.state === 'waiting')
  const by = new Map(jobs.map((job) => [job.id, { ...job }]))
  for (const report of waiting) {
    const job = by.get(report.job)
    if (job && !pages.isOver(job)) job.state = report.kind
  }
  const begun = begunPages(drafts, photos, by)
  const written = new Set(Object.values(drafts))
  const unsent = photos.filter((photo) => !photo.wrong && !written.has(photo.report)).length
  const room = await store.photosLeft()
  const held = {
    jobs: [...by.values()].sort((a, b) => a.order - b.order), reports, day, gone: gone ?? [], pictures: shown, wrongPhotos: photos.filter((photo) => photo.wrong),
    waiting: waiting.length + unsent + begun.reduce((sum, one) => sum + one.photos, 0) + reports.filter((one) => one.owed > 0).length,
    begun,
    room: here()[0] === 'sent' && ready ? room : null,
    lasting: here()[0] !== 'sent' || lasting,
    join: addresses.join,
    picture: ({ id, bytes }) => {
      if (!pictures.has(id)) pictures.set(id, URL.createObjectURL(new Blob([bytes], { type: 'image/jpeg' })))
      return pictures.get(id)
    }
  }
  held.strip = words(waiting.length, unsent, begun.length > 0, ready && room === 0)
  return held
}

// Pages that were left before what is on them was sent, with how many photos are kept or in hand for each.
function begunPages (drafts, photos, jobs) {
  const held = new Map()
  const add = (page) => { if (page !== location.hash.slice(1)) held.set(page, (held.get(page) ?? 0) + 1) }
  for (const [page, report] of Object.entries(drafts)) for (const photo of photos) if (photo.report === report) add(page)
  for (const { page } of taken.inHand()) add(page)
  return [...held].map(([page, photos]) => {
    const job = jobs.get(page.split('/')[1])
    return { page, photos, what: job ? `${job.what}, ${job.place}` : 'a fault you found' }
  })
}

function words (reports, photos, begun, full) {
  const parts = [reports && (reports === 1 ? '1 report' : `${reports} reports`), photos && (photos === 1 ? '1 photo' : `${photos} photos`)].filter(Boolean)
  const said = parts.length ? `${parts.join(' and ')} waiting to send` : begun ? 'Not everything is finished' : 'Everything is sent'
  return `${navigator.onLine && !trouble ? '' : 'No signal. '}${said}${full ? '. No room for more photos' : ''}`
}

// -- drawing ----------------------------------------------------------------------------------------------------------

const here = () => location.hash.slice(1).split('/')

// Where the hand was before the page was drawn anew.
function sameAs (old) {
  const { do: what, id } = old.dataset
  const wanted = old.hash ? `a[href="${old.hash}"]` : what ? `[data-do="${what}"]${id ? `[data-id="${id}"]` : ''}` : 'h1'
  const found = main.querySelector(wanted) ?? main.querySelector('.acts .button') ?? main.querySelector('h1')
  if (found?.tagName === 'H1') found.setAttribute('tabindex', '-1')
  return found
}

// Several may be under way at once, each reading what is held: only the last one paints, so that none paints over what
// was begun on a page that an earlier one had already drawn. That somebody went to another page is not forgotten with it.
async function draw ({ moved: going = false } = {}) {
  if (!main.dataset.page) return
  const mine = ++turn
  moving ||= going
  if (parting) { drawStranger(); return }
  if (!await store.meta('token')) { drawStranger(); return }
  const held = await gather()
  if (mine !== turn) return
  const moved = moving
  moving = false
  strip.textContent = held.strip
  strip.classList.toggle('strip--waiting', held.waiting > 0)
  const [where, id, act] = here()
  const busy = main.querySelector('form[data-form]')
  if (!moved && busy) return // what is being written is not drawn over
  const sign = JSON.stringify([location.hash, { ...held, pictures: held.pictures.map(({ id }) => id) }])
  if (!moved && sign === drawn) return
  drawn = sign
  position = null
  const page = where === 'job' ? { done: pages.done, cannot: pages.cannot }[act] ?? pages.job : { map: pages.mapPage, fault: pages.fault, sent: pages.sent }[where] ?? pages.jobs
  const [title, content] = page(held, id)
  document.title = `${title} – field jobs`
  const focused = main.contains(document.activeElement) ? document.activeElement : null
  main.replaceChildren(...content.flat(3).filter(Boolean))
  if (main.querySelector('[data-taken]')) taken.open(location.hash.slice(1))
  for (const link of document.querySelectorAll('.tabs a')) {
    if (link.hash.slice(1) === (['map', 'fault', 'sent'].includes(where) ? where : 'jobs')) link.setAttribute('aria-current', 'page')
    else link.removeAttribute('aria-current')
  }
  if (moved) {
    scrollTo(0, 0)
    const heading = main.querySelector('h1')
    heading?.setAttribute('tabindex', '-1')
    heading?.focus()
  } else if (focused && document.activeElement === document.body) sameAs(focused)?.focus()
}

function drawStranger () {
  const words = parting
  document.querySelector('.tabs').hidden = true
  strip.textContent = ''
  main.replaceChildren(h('h1', {}, 'Field jobs'), ...[words && h('p', { class: 'wrong', role: 'alert' }, words)].filter(Boolean),
    h('p', { class: 'big' }, 'This device belongs to no crew yet.'), h('p', {}, h('a', { class: 'button', href: addresses.join }, 'Sign in and join a crew')))
}

// -- sending ----------------------------------------------------------------------------------------------------------

async function send () {
  if (parting || !await store.meta('token')) return
  try { await sync(); trouble = '' } catch (error) {
    if (error instanceof CutOff) { await cutOff(); return }
    trouble = error instanceof store.Full ? '' : 'away'
    if (!(error instanceof Away) && !(error instanceof store.Full)) throw error
  } finally {
    if (!parting) await taken.again()
    await draw().catch(() => {})
  }
}

async function cutOff () {
  parting = 'This device was cut off by the office. Everything it held has been wiped.'
  taken.forget()
  await store.forget()
  for (const address of pictures.values()) URL.revokeObjectURL(address)
  pictures.clear()
  drawStranger()
}

// -- reporting --------------------------------------------------------------------------------------------------------

async function report (kind, { job = null, ...more } = {}, page = '') {
  const known = job ? await store.one('jobs', job) : null
  const made = {
    id: page ? taken.reportId() : crypto.randomUUID(), kind, at: new Date().toISOString(), skew: await store.meta('skew') ?? null, job, what: known ? `${known.what}, ${known.place}` : more.what ?? '', ...more
  }
  const owed = page ? taken.owed() : 0
  await store.keepReport(owed ? { ...made, owed } : made, page)
  if (owed) taken.made()
  return true
}

const complain = (form, words) => { form.querySelector('[data-wrong]').textContent = words; form.scrollIntoView() }

const forms = {
  async done (form, id) {
    const job = await store.one('jobs', id)
    const said = form.querySelector('#words').value.trim()
    if (job?.proof === 'photo' && !taken.count() && !said) return complain(form, 'Take a photo that shows it is done. If you can’t, say why.')
    return report('done', { job: id, words: said }, `job/${id}/done`)
  },
  async cannot (form, id) {
    const reason = form.querySelector('[name=reason]:checked')?.value
    if (!reason) return complain(form, 'Choose why it can’t be done.')
    const left = {}
    for (const { value } of form.querySelectorAll('[name=left]:checked')) left[value] = (left[value] ?? 0) + 1
    if (form.querySelector('[name=left]') && !Object.keys(left).length) return complain(form, 'You took everything: go back and press Done.')
    return report('not_done', { job: id, reason, left, words: form.querySelector('#words').value.trim() }, `job/${id}/cannot`)
  },
  async fault (form) {
    const service = form.querySelector('[name=service]:checked')
    const said = form.querySelector('#words').value.trim()
    if (!service) return complain(form, 'Choose what you found.')
    if (!position && !said) return complain(form, 'Use where you are now, or say where it is.')
    return report('fault', { service: service.value, words: said, what: service.labels[0].textContent, ...position }, 'fault')
  }
}

main.addEventListener('submit', async (event) => {
  const form = event.target
  const kind = form.dataset.form
  if (!kind) return
  event.preventDefault()
  if (form.dataset.busy) return
  form.dataset.busy = 'yes'
  const stood = location.hash
  try {
    await taken.settled() // a photo that is still being kept belongs to it
    const homeless = taken.unsaved()
    if (homeless) { complain(form, `${homeless === 1 ? '1 photo has' : `${homeless} photos have`} no room here. Save ${homeless === 1 ? 'it' : 'them'} to this phone or leave ${homeless === 1 ? 'it' : 'them'} out, then press again.`); return }
    if (!await forms[kind](form, form.dataset.id)) return
    form.removeAttribute('data-form')
    if (location.hash !== stood) return // gone on to another page meanwhile
    const next = kind === 'fault' ? 'sent' : 'jobs'
    if (location.hash === `#${next}`) await draw({ moved: true })
    else location.hash = next
  } catch (error) {
    if (!(error instanceof store.Full)) throw error
    complain(form, 'This device is full and could not keep this. What it kept before is safe. Make room on it or find a signal, then press again.')
  } finally { delete form.dataset.busy }
  send()
})

main.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-do]')
  if (!button || button.dataset.busy) return
  button.dataset.busy = 'yes'
  const { do: what, id } = button.dataset
  try {
    if (['going', 'started', 'paused'].includes(what)) { await report(what, { job: id }); await draw(); send() }
    if (what === 'seen') { await store.putReports((await store.reports()).filter((one) => one.id === id).map((one) => ({ ...one, seen: true }))); await draw() }
    if (what === 'gone') { await store.setMeta('gone', (await store.meta('gone') ?? []).filter((job) => job.id !== id)); await draw() }
    if (what === 'photo') { await store.dropPhoto(id); await draw() }
    if (what === 'out') { await taken.leaveOut(id); (main.querySelector('[data-shutter]:not([hidden]) input') ?? main.querySelector('h1')).focus() }
    if (what === 'drop') { await taken.leavePage(id); await draw() }
    if (what === 'unowed') { await taken.leaveOwed(id); await draw() }
    if (what === 'sync') await send()
    if (what === 'leave') { taken.forget(); await store.forget(); drawStranger() }
    if (what === 'position') await locate()
  } catch (error) {
    if (!(error instanceof store.Full)) throw error
    main.prepend(h('p', { class: 'wrong', role: 'alert' }, 'This device is full and could not keep this. What it kept before is safe. Make room on it or find a signal.'))
  } finally { delete button.dataset.busy }
})

function locate () {
  const says = main.querySelector('[data-position]')
  says.textContent = 'Looking…'
  return new Promise((resolve) => {
    const no = () => { says.textContent = 'This device does not know where it is. Say where in words.'; resolve() }
    if (!('geolocation' in navigator)) return no()
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      position = { latitude: Number(coords.latitude.toFixed(6)), longitude: Number(coords.longitude.toFixed(6)) }
      says.textContent = `Found, to within ${Math.ceil(coords.accuracy)} metres.`
      resolve()
    }, no, { enableHighAccuracy: true, timeout: 15000, maximumAge: 30000 })
  })
}

main.addEventListener('change', async (event) => {
  const input = event.target
  if (input.type !== 'file') return
  const files = [...input.files]
  input.value = ''
  const { owed } = input.dataset
  if (!owed) {
    input.closest('form').querySelector('[data-wrong]').textContent = ''
    await taken.take(files, Number(input.dataset.most))
    await draw()
    return
  }
  if (files.length && !await taken.addOwed(files[0], owed)) {
    input.parentElement.querySelector('[data-wrong]').textContent = 'There is no room for it yet. It stays on this phone: try again once photos are sent.'
    return
  }
  await draw()
  send()
})

main.addEventListener('click', (event) => {
  const link = event.target.closest('[data-save]')
  if (link) setTimeout(() => taken.saved(link.dataset.save)) // after the browser has begun to save it
})

// Whoever closes the app with a photo in hand that is nowhere else is asked first.
addEventListener('beforeunload', (event) => { if (taken.anyUnsaved()) event.preventDefault() })

// -- starting ---------------------------------------------------------------------------------------------------------

if (main.dataset.page) {
  addEventListener('hashchange', () => draw({ moved: true }))
  addEventListener('online', send)
  addEventListener('offline', () => draw())
  document.addEventListener('visibilitychange', () => { if (!document.hidden) send() })
  setInterval(() => { if (!document.hidden) send() }, 60_000)
  navigator.storage?.persist?.().then((given) => { lasting = given }, () => {})
  navigator.serviceWorker?.register(addresses.worker, { scope: addresses.app })
  draw({ moved: false }).then(async () => {
    if (await store.meta('token')) { await store.keepRoom(); ready = true }
    await draw()
    await send()
  })
}
