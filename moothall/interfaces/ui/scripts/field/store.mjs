// What the device holds: jobs, pictures, and reports and photos until they are sent. One database of the browser's.
// A room of its own is kept free in it, so that a full device can still take words when it can take no more photos.
const NAME = 'moothall-field'
const ROOM = 1_000_000
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

// The free room: taken at the start and after each sending, given back when words need it.
export async function keepRoom () {
  if (await meta('room')) return true
  try {
    const random = new Uint8Array(ROOM)
    for (let n = 0; n < ROOM; n += 65536) crypto.getRandomValues(random.subarray(n, Math.min(n + 65536, ROOM)))
    await setMeta('room', random)
    return true
  } catch (error) {
    if (error instanceof Full) return false
    throw error
  }
}

// Keep a report, and its photos where they fit. The words always go first. Returns how many photos found no room.
export async function keepReport (report, photos) {
  const write = () => change(['reports'], async (get) => {
    const last = await get('reports').last()
    await get('reports').put({ ...report, number: (last?.number ?? 0) + 1, state: 'waiting', verdict: '', told: '' })
  })
  try { await write() } catch (error) {
    if (!(error instanceof Full)) throw error
    await change(['meta'], (get) => get('meta').remove('room'))
    await write()
  }
  let lost = 0
  for (const blob of photos) {
    try {
      await put('photos', { id: crypto.randomUUID(), report: report.id, bytes: await blob.arrayBuffer(), wrong: '' })
    } catch (error) {
      if (!(error instanceof Full)) throw error
      lost++
    }
  }
  return lost
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
