// Sending what is kept and fetching the day. Everything sent carries an id of its own, so sending it again is harmless:
// a report leaves the list of what waits only when the server has answered for it, by that id.
import * as store from './store.mjs'

const LOT = 40
export class CutOff extends Error {}
export class Away extends Error {}

let addresses
export const setAddresses = (given) => { addresses = given }

async function ask (path, options = {}) {
  const token = await store.meta('token')
  let answer
  try {
    answer = await fetch(addresses.api + path, { ...options, cache: 'no-store', headers: { Authorization: `Bearer ${token}`, ...options.headers } })
  } catch { throw new Away() }
  if (answer.status === 401) {
    const said = await answer.json().catch(() => ({}))
    if (['cut_off', 'no_device'].includes(said.problems?.[0]?.code)) throw new CutOff()
  }
  if (answer.status >= 500 || answer.status === 429 || answer.status === 401 || answer.status === 403) throw new Away()
  return answer
}

const learn = (now, before) => store.setMeta('skew', new Date(now).getTime() - (before + Date.now()) / 2)

async function sendReports () {
  for (;;) {
    const waiting = (await store.reports()).filter((one) => one.state === 'waiting')
    if (!waiting.length) return
    const lot = waiting.slice(0, LOT)
    const before = Date.now()
    const answer = await ask('reports', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ sent_at: new Date(before).toISOString(), waiting: waiting.length, reports: lot.map(({ state, verdict, told, what, owed, ...report }) => report) })
    })
    if (!answer.ok) throw new Away()
    const said = await answer.json()
    await learn(said.now, before)
    const by = new Map(said.results.map((result) => [result.id, result]))
    const answered = lot.filter((report) => by.has(report.id)).map((report) => [report, by.get(report.id)])
    if (!answered.length) throw new Away()
    const now = new Map((await store.reports()).map((one) => [one.id, one]))
    await store.putReports(answered.map(([{ id }, { verdict, told }]) => ({ ...now.get(id), state: 'sent', verdict, told: told ?? '', seen: !told })))
  }
}

async function sendPhotos () {
  const begun = new Set(Object.values(await store.drafts()))
  for (const id of await store.read(['photos'], (get) => get('photos').keys())) {
    const photo = await store.one('photos', id)
    if (!photo || photo.wrong || begun.has(photo.report)) continue
    const answer = await ask(`photos/${id}?report=${photo.report}`, { method: 'PUT', headers: { 'Content-Type': 'image/jpeg' }, body: new Blob([photo.bytes]) })
    if (answer.ok) await store.dropPhoto(id)
    else {
      const said = await answer.json().catch(() => ({}))
      await store.put('photos', { ...photo, wrong: said.problems?.[0]?.message ?? 'The office could not take it.' })
    }
  }
}

async function fetchDay () {
  const before = Date.now()
  const answer = await ask('today')
  if (!answer.ok) throw new Away()
  const day = await answer.json()
  await learn(day.now, before)
  const gone = await store.withRoom(() => store.change(['jobs', 'meta', 'reports'], async (get) => {
    const waiting = new Set(store.whole(await get('reports').all()).filter((one) => one.state === 'waiting').map((one) => one.job))
    for (const page of Object.keys(await get('meta').get('drafts') ?? {})) waiting.add(page.split('/')[1])
    const fresh = new Set(day.jobs.map((job) => job.id))
    const lost = []
    for (const job of await get('jobs').all()) {
      if (fresh.has(job.id) || waiting.has(job.id)) continue
      if (!day.device.moved && !['done', 'not_done', 'withdrawn'].includes(job.state) && job.day === day.day) lost.push(job)
      await get('jobs').remove(job.id)
    }
    for (const job of day.jobs) await get('jobs').put({ ...job, day: day.day })
    const { jobs, now, ...rest } = day
    await get('meta').put({ ...rest, fetched: Date.now() }, 'day')
    return lost
  }))
  if (gone.length) await store.setMeta('gone', [...(await store.meta('gone') ?? []), ...gone.map(({ id, what, place }) => ({ id, what, place }))].slice(-20))
  const wanted = new Set(day.jobs.flatMap((job) => job.photos))
  const held = new Set(await store.read(['pictures'], (get) => get('pictures').keys()))
  for (const id of held) if (!wanted.has(id)) await store.remove('pictures', id)
  for (const id of wanted) {
    if (held.has(id)) continue
    const picture = await ask('photos/' + id)
    if (!picture.ok) continue
    try { await store.put('pictures', { id, bytes: await picture.arrayBuffer() }) } catch (error) {
      if (error instanceof store.Full) break
      throw error
    }
  }
}

let running = null
let again = false

// Send, then fetch. Two tabs of one device take turns; asked while it runs, it runs once more.
export function sync () {
  if (running) { again = true; return running }
  const work = async () => {
    do {
      again = false
      await sendReports()
      await sendPhotos()
      await store.settle()
      await fetchDay()
      await store.keepRoom()
      await tidy()
    } while (again)
  }
  const turn = navigator.locks ? navigator.locks.request('field-sync', work) : work()
  running = turn.finally(() => { running = null })
  return running
}

// Reports that were sent and have nothing more to say are kept for a week.
async function tidy () {
  const old = Date.now() - 7 * 86_400_000
  await store.change(['reports'], async (get) => {
    const rows = (await get('reports').all()).sort((a, b) => a.number - b.number)
    for (const report of rows.slice(0, -1)) {
      if (report.state === 'sent' && report.seen && !report.owed && Date.parse(report.at) < old) await get('reports').remove(report.id)
    }
  })
}
