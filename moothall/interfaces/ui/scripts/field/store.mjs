// What the device holds: jobs, pictures, and reports and photos until they are sent. One database of the browser's.
// A room of its own is kept free in it, so that a full device can still take words when it can take no more photos.
const NAME = 'moothall-field'
const ROOM = 1_000_000
const MARGIN = 1_500_000
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
    Promise.resolve(work(get)).then((value) => { answer = value }, (error) => {
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

// The free room: taken at the start and after each sending. The room for words is given back when words need it. The margin
// is given back for photos first: from then on the crew is told that the device is nearly full, before it is.
export async function keepRoom () {
  for (const [name, size] of [['room', ROOM], ['margin', MARGIN]]) {
    if (await meta(name)) continue
    try {
      const random = new Uint8Array(size)
      for (let n = 0; n < size; n += 65536) crypto.getRandomValues(random.subarray(n, Math.min(n + 65536, size)))
      await setMeta(name, random)
    } catch (error) {
      if (!(error instanceof Full)) throw error
      return
    }
  }
}

// A photo is kept the moment it is taken, under the id that its report will have: what is shown on the page is safe, and
// what finds no room is refused there and then, while the crew still stands before it. Throws `Full`.
export async function keepPhoto (draft, blob) {
  const id = crypto.randomUUID()
  const bytes = await blob.arrayBuffer()
  const write = () => change(['photos', 'meta'], async (get) => {
    const drafts = await get('meta').get('drafts') ?? {}
    const one = drafts[draft] ?? { photos: [] }
    await get('meta').put({ ...drafts, [draft]: { at: Date.now(), photos: [...one.photos, id] } }, 'drafts')
    await get('photos').put({ id, report: draft, bytes, wrong: '' })
  })
  try { await write() } catch (error) {
    if (!(error instanceof Full) || !await meta('margin')) throw error
    await change(['meta'], (get) => get('meta').remove('margin'))
    await write()
  }
}

// Photos of reports that were not made, after all: of one page that was left, or of any after so many hours.
export async function dropDrafts (id = null, hours = 12) {
  await change(['photos', 'meta'], async (get) => {
    const drafts = await get('meta').get('drafts') ?? {}
    for (const [draft, { at, photos }] of Object.entries(drafts)) {
      if (id ? draft !== id : Date.now() - at < hours * 3_600_000) continue
      for (const photo of photos) await get('photos').remove(photo)
      delete drafts[draft]
    }
    await get('meta').put(drafts, 'drafts')
  })
}

// Keep a report; its photos are kept already, and go with it from now on. All of it or nothing. Throws `Full`.
export async function keepReport (report) {
  const write = () => change(['reports', 'meta'], async (get) => {
    const last = await get('reports').last()
    const drafts = await get('meta').get('drafts') ?? {}
    delete drafts[report.id]
    await get('meta').put(drafts, 'drafts')
    await get('reports').put({ ...report, number: (last?.number ?? 0) + 1, state: 'waiting', verdict: '', told: '' })
  })
  try { await write() } catch (error) {
    if (!(error instanceof Full)) throw error
    await change(['meta'], (get) => get('meta').remove('room'))
    await write()
  }
}

// Forget all of it: the device was cut off, or is handed back.
export async function forget () {
  const base = await open().catch(() => null)
  base?.close()
  opened = undefined
  await new Promise((resolve) => {
    const asked = indexedDB.deleteDatabase(NAME)
    asked.onsuccess = asked.onerror = asked.onblocked = () => resolve()
  })
  for (const name of await caches.keys()) if (name.startsWith('field-')) await caches.delete(name)
  for (const one of await navigator.serviceWorker?.getRegistrations() ?? []) {
    if (one.scope.endsWith('/field/')) await one.unregister()
  }
}
