// The photos of the page in hand. Each is kept the moment it is taken, so that neither a reload nor an empty battery loses one.
// One that finds no room stays in hand and in plain sight until it is saved to the phone, finds room after all, or is left out.
import { h } from './draw.mjs'
import { shrink, SIZES } from './photo.mjs'
import * as store from './store.mjs'

const addresses = new Map()
let page = ''
let report = ''
let kept = []
let hand = []
let keeping = Promise.resolve()

// One after the other: what is opened, taken, left out and sent never overtakes.
function inTurn (work) {
  const done = keeping.then(work)
  keeping = done.catch(() => {})
  return done
}

const ofPage = () => hand.filter((one) => one.report === report)
export const reportId = () => report
export const count = () => kept.length + ofPage().length
export const unsaved = () => ofPage().filter((one) => !one.saved).length
export const inHand = () => hand.filter((one) => one.page)
export const settled = () => keeping
export const anyUnsaved = () => hand.some((one) => !one.saved)

export const open = (where) => inTurn(async () => {
  page = where
  report = (await store.drafts())[where] ?? hand.find((one) => one.page === where)?.report ?? crypto.randomUUID()
  kept = (await store.all('photos')).filter((one) => one.report === report)
  await show()
})

export const take = (files, most) => inTurn(async () => {
  let over = 0
  for (const file of files) {
    if (count() >= most) { over++; continue }
    await keep(file)
    await show()
  }
  if (over) say(`${most} photos at most: ${over === 1 ? 'the last one was' : `the last ${over} were`} not taken in.`)
})

async function keep (file) {
  const id = crypto.randomUUID()
  let largest
  for (const size of SIZES) {
    const bytes = await (await shrink(file, size)).arrayBuffer()
    largest ??= bytes
    try {
      await store.keepPhoto({ id, report, bytes }, page)
      kept.push({ id, report, bytes })
      return
    } catch (error) { if (!(error instanceof store.Full)) throw error }
  }
  hand.push({ id, report, page, bytes: largest, saved: false })
}

// How many photos in hand the report of this page is owed, and that it was made: from now on they are its own.
export const owed = () => ofPage().length
export function made () { for (const one of ofPage()) one.page = '' }

// Something was sent, so there may be room for what is in hand.
export const again = () => inTurn(async () => {
  for (const one of [...hand]) {
    try { await store.keepPhoto({ id: one.id, report: one.report, bytes: one.bytes }, one.page) } catch (error) {
      if (error instanceof store.Full) break
      throw error
    }
    hand = hand.filter((each) => each !== one)
    if (one.report === report) kept.push(one)
    if (!one.page) await pay(one.report)
  }
  await show()
})

// A photo that a report still wanted has come, or is not needed.
async function pay (id) {
  const known = (await store.reports()).find((one) => one.id === id)
  if (known?.owed) await store.putReports([{ ...known, owed: known.owed - 1 }])
}

// The photo that was saved to the phone comes back from there. False where there still is no room.
export const addOwed = (file, id) => inTurn(async () => {
  const one = hand.find((each) => each.report === id)
  const bytes = await (await shrink(file)).arrayBuffer()
  try { await store.keepPhoto({ id: one?.id ?? crypto.randomUUID(), report: id, bytes }) } catch (error) {
    if (error instanceof store.Full) return false
    throw error
  }
  hand = hand.filter((each) => each !== one)
  await pay(id)
  return true
})

export const leaveOwed = (id) => inTurn(async () => {
  hand = hand.filter((one) => one.report !== id)
  const known = (await store.reports()).find((one) => one.id === id)
  if (known) await store.putReports([{ ...known, owed: 0 }])
})

export const leaveOut = (id) => inTurn(async () => {
  hand = hand.filter((one) => one.id !== id)
  if (kept.some((one) => one.id === id)) await store.dropPhoto(id)
  kept = kept.filter((one) => one.id !== id)
  await show()
})

// The device was cut off or left its crew: nothing of it stays in hand either.
export function forget () {
  kept = []
  hand = []
}

export const leavePage = (where) => inTurn(async () => {
  hand = hand.filter((one) => one.page !== where)
  await store.dropDraft(where)
})

export function saved (id) {
  for (const one of hand) if (one.id === id) one.saved = true
  inTurn(show)
}

// -- what is shown ----------------------------------------------------------------------------------------------------

function say (words) {
  const place = document.querySelector('[data-room]')
  if (place && place.textContent !== words) place.textContent = words
}

function picture (one, n) {
  if (!addresses.has(one.id)) addresses.set(one.id, URL.createObjectURL(new Blob([one.bytes], { type: 'image/jpeg' })))
  const address = addresses.get(one.id)
  const out = h('button', { type: 'button', class: 'button button--plain', 'data-do': 'out', 'data-id': one.id }, 'Leave out ', h('span', { class: 'unseen' }, `photo ${n}`))
  const image = h('img', { src: address, alt: `Photo ${n}` })
  if (!hand.includes(one)) return h('figure', { 'data-photo': one.id }, image, out)
  return h('figure', { 'data-photo': one.id, 'data-no-room': true, class: 'in-hand' }, image,
    h('p', { class: 'wrong' }, one.saved ? `Photo ${n} is on this phone. It is sent as soon as there is room.` : `No room for photo ${n}. Save it to this phone.`),
    h('a', { class: 'button', href: address, download: `photo-${n}-${one.id.slice(0, 8)}.jpg`, 'data-save': one.id }, one.saved ? 'Save it again' : 'Save to this phone'), out)
}

async function show () {
  const list = document.querySelector('[data-taken]')
  if (!list) return
  const wanted = [...kept, ...ofPage()].map((one, n) => picture(one, n + 1))
  const same = (a, b) => a.isEqualNode(b)
  for (const [n, old] of [...list.children].entries()) if (!wanted[n] || !same(old, wanted[n])) old.remove()
  for (const one of wanted) if (![...list.children].some((old) => same(old, one))) list.append(one)
  for (const [id, address] of addresses) {
    if (kept.some((one) => one.id === id) || hand.some((one) => one.id === id)) continue
    URL.revokeObjectURL(address)
    addresses.delete(id)
  }
  const photos = await store.all('photos')
  const left = await store.keepRoom()
  const begun = new Set(Object.values(await store.drafts()))
  const waiting = photos.filter((one) => !one.wrong && !begun.has(one.report)).length
  const shutter = document.querySelector('[data-shutter]')
  if (shutter) shutter.hidden = left === 0
  const place = document.querySelector('[data-room]')
  place?.classList.toggle('full', left === 0)
  if (left === 0) {
    const first = waiting ? `${waiting === 1 ? '1 photo' : `${waiting} photos`} must be sent first: find a signal.` : 'Make room on this phone first.'
    say(`No room for more photos. Words are still kept. ${first}`)
  } else say(left < store.SLOTS ? `Room for about ${left === 1 ? 'one more photo' : `${left} more photos`}.` : '')
  list.dataset.shown = String(count())
}
