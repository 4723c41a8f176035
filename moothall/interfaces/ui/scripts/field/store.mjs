// What the device holds: jobs, pictures, and reports and photos until they are sent. One database of the browser's.
// What a browser says of its room is not to be relied on (some tell everybody of ten gigabytes), so room is held in hand:
// SLOTS records for so many photos, given back one by one when a photo finds no other room, and how many are left is how many
// photos the crew is told of before it takes one; and one of ROOM bytes, given back when words find no other room. Words that
// even then find none are set aside in the browser's small store, and move over when there is room.
const NAME = 'moothall-field'
const ASIDE = 'moothall-field-aside'
const ROOM = 1_000_000
const SLOT = 500_000
export const SLOTS = 6
let opened

export class Full extends Error {}

function open () {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1)
    asked.onupgradeneeded = () => {
      const base = asked.result
      base.createObjectStore('meta')
      base.createObjectStore('jobs', { keyPath: 'id' })
      base.createObjectStore('reports', { keyPath: 'id' }).createIndex('number', 'number')
      base.createObjectStore('photos', { keyPath: 'id' }).createIndex('report', 'report')
      base.createObjectStore('pictures', { keyPath: 'id' })
    }
    asked.onsuccess = () => {
      asked.result.onversionchange = () => { asked.result.close(); opened = undefined }
      resolve(asked.result)
    }
    asked.onerror = () => { opened = undefined; reject(asked.error) }
  })
  return opened
}

const isFull = (error) => error?.name === 'QuotaExceededError'

function notFull (error) { if (!(error instanceof Full)) throw error }

// All of `work` or nothing of it. A promise made of a request may be awaited inside; nothing else may.
export async function change (stores, work, mode = 'readwrite') {
  const base = await open()
  return new Promise((resolve, reject) => {
    const lot = base.transaction(stores, mode, mode === 'readwrite' ? { durability: 'strict' } : {})
    let answer
    let wrong
    lot.oncomplete = () => resolve(answer)
    lot.onabort = lot.onerror = () => {
      const error = wrong ?? lot.error
      reject(isFull(error) ? new Full('full') : error ?? new Error('not kept'))
    }
    const get = (name) => {
      const store = lot.objectStore(name)
      const ask = (request) => new Promise((_resolve, _reject) => {
        request.onsuccess = () => _resolve(request.result)
        request.onerror = () => { wrong ??= request.error; _reject(request.error) }
      })
      return {
        get: (key) => ask(store.get(key)),
        all: () => ask(store.getAll()),
        keys: () => ask(store.getAllKeys()),
        put: (value, key) => ask(key === undefined ? store.put(value) : store.put(value, key)),
        remove: (key) => ask(store.delete(key)),
        clear: () => ask(store.clear()),
        last: () => new Promise((_resolve, _reject) => {
          const request = store.index('number').openCursor(null, 'prev')
          request.onsuccess = () => _resolve(request.result?.value)
          request.onerror = () => _reject(request.error)
        })
      }
    }
    (async () => work(get))().then((value) => { answer = value }, (error) => {
      wrong ??= error
      try { lot.abort() } catch { reject(isFull(wrong) ? new Full('full') : wrong) }
    })
  })
}

export const read = (stores, work) => change(stores, work, 'readonly')
export const meta = (key) => read(['meta'], (get) => get('meta').get(key))
export const setMeta = (key, value) => change(['meta'], (get) => get('meta').put(value, key))
export const all = (name) => read([name], (get) => get(name).all())
export const one = (name, id) => read([name], (get) => get(name).get(id))
export const put = (name, value) => change([name], (get) => get(name).put(value))
export const remove = (name, id) => change([name], (get) => get(name).remove(id))

function filled (size) {
  const random = new Uint8Array(size) // zeroes would be packed into nothing
  for (let n = 0; n < size; n += 65536) crypto.getRandomValues(random.subarray(n, Math.min(n + 65536, size)))
  return random
}

const held = async () => new Set(await read(['meta'], (get) => get('meta').keys()))
const slotsOf = (keys) => Array.from({ length: SLOTS }, (_, n) => `slot:${n}`).filter((key) => keys.has(key))
const giveBack = (keys) => change(['meta'], async (get) => { for (const key of keys) await get('meta').remove(key) }).catch(notFull)

// Do something that the jobs need: the room for photos is given back for it.
export async function withRoom (work) {
  try { return await work() } catch (error) { notFull(error) }
  await giveBack(slotsOf(await held()))
  return work()
}

// Take the room for words, then that for photos, as far as there is any: at the start, and whenever something was freed.
// Returns for how many photos there is room for certain.
export async function keepRoom () {
  const keys = await held()
  const wanted = ['room', ...Array.from({ length: SLOTS }, (_, n) => `slot:${n}`)].filter((key) => !keys.has(key))
  try {
    for (const key of wanted) await setMeta(key, filled(key === 'room' ? ROOM : SLOT))
  } catch (error) { notFull(error) }
  return photosLeft()
}

export const photosLeft = async () => slotsOf(await held()).length

// -- reports ----------------------------------------------------------------------------------------------------------

const aside = () => JSON.parse(localStorage.getItem(ASIDE) ?? '{}')

function setAside (rows) {
  try { localStorage.setItem(ASIDE, JSON.stringify({ ...aside(), ...Object.fromEntries(rows.map((row) => [row.id, row])) })) } catch (error) {
    throw isFull(error) ? new Full('full') : error
  }
}

// What was set aside stands for what the database has of it.
export function whole (rows) {
  const newer = aside()
  return [...rows.filter((row) => !newer[row.id]), ...Object.values(newer)].sort((a, b) => a.number - b.number)
}

export const reports = async () => whole(await all('reports'))

// Keep reports as they stand now. Throws `Full` only where not even words find a place.
export async function putReports (rows) {
  try { await change(['reports'], async (get) => { for (const row of rows) await get('reports').put(row) }) } catch (error) {
    notFull(error)
    setAside(rows)
    await giveBack(['room'])
    return
  }
  const left = aside()
  if (!rows.some((row) => left[row.id])) return
  for (const row of rows) delete left[row.id]
  localStorage.setItem(ASIDE, JSON.stringify(left))
}

// What was set aside moves over, as soon as there is room for it.
export async function settle () {
  const rows = Object.values(aside())
  if (rows.length) await putReports(rows)
}

// Keep a new report under the next number. `page`: the page it was written on, whose photos are its own from now on.
export async function keepReport (report, page = '') {
  const row = (last) => ({ ...report, number: Math.max(0, ...[last, ...Object.values(aside())].map((one) => one?.number ?? 0)) + 1, state: 'waiting', verdict: '', told: '' })
  const write = () => change(['reports', 'meta'], async (get) => {
    await get('reports').put(row(await get('reports').last()))
    const { [page]: sent, ...drafts } = await get('meta').get('drafts') ?? {}
    if (sent) await get('meta').put(drafts, 'drafts')
  })
  for (const given of [[], ['room']]) {
    if (given.length) await giveBack(given)
    try { await write(); return } catch (error) { notFull(error) }
  }
  await putReports([row(await read(['reports'], (get) => get('reports').last()))])
}

// -- photos -----------------------------------------------------------------------------------------------------------

// Pages on which photos were taken and that are not sent yet: by page, the id that the report will have.
export async function drafts () {
  const known = new Set((await reports()).map((one) => one.id))
  return Object.fromEntries(Object.entries(await meta('drafts') ?? {}).filter(([, id]) => !known.has(id)))
}

// Keep a photo at the moment it is taken, for the report of this id. Throws `Full`: then no photo and no words are changed.
export async function keepPhoto (photo, page = '') {
  const write = () => change(['photos', 'meta'], async (get) => {
    await get('photos').put({ wrong: '', ...photo })
    if (page) await get('meta').put({ ...await get('meta').get('drafts'), [page]: photo.report }, 'drafts')
  })
  try { await write() } catch (error) {
    notFull(error)
    const slots = slotsOf(await held()).slice(0, Math.ceil(photo.bytes.byteLength / SLOT))
    if (slots.length * SLOT < photo.bytes.byteLength) throw error
    await giveBack(slots)
    await write()
  }
}

// Forget a photo: it was sent, or left out. On a full device it may come again: it is taken once.
export const dropPhoto = (id) => remove('photos', id).catch(notFull)

export async function dropDraft (page) {
  const { [page]: report, ...rest } = await meta('drafts') ?? {}
  for (const photo of await all('photos')) if (photo.report === report) await dropPhoto(photo.id)
  await setMeta('drafts', rest)
}

// Forget all of it: the device was cut off, or is handed back.
export async function forget () {
  const base = await open().catch(() => null)
  base?.close()
  opened = undefined
  localStorage.removeItem(ASIDE)
  await new Promise((resolve) => {
    const asked = indexedDB.deleteDatabase(NAME)
    asked.onsuccess = asked.onerror = asked.onblocked = () => resolve()
  })
  for (const name of await caches.keys()) if (name.startsWith('field-')) await caches.delete(name)
  for (const one of await navigator.serviceWorker?.getRegistrations() ?? []) {
    if (one.scope.endsWith('/field/')) await one.unregister()
  }
}
