// Keeps the page for reporting without a signal. What to keep stands before this, put there by the server. Every other page is
// fetched as if this were not here; only when the report page cannot be had is the kept one shown in its place.
self.addEventListener('install', (event) => {
  event.waitUntil((async () => {
    const held = await caches.open(self.NAME)
    await held.addAll(self.KEPT.map((address) => new Request(address, { cache: 'reload' })))
    await self.skipWaiting()
  })())
})

self.addEventListener('activate', (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith('report-') && name !== self.NAME) await caches.delete(name)
    await self.clients.claim()
  })())
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const address = new URL(request.url)
  if (request.method !== 'GET' || address.origin !== location.origin) return
  const page = request.mode === 'navigate' && ['/report', self.KEPT[0]].includes(address.pathname)
  if (!page && !self.KEPT.includes(address.pathname + address.search)) return
  event.respondWith((async () => {
    try { return await fetch(request) } catch (error) {
      const held = await (await caches.open(self.NAME)).match(page ? self.KEPT[0] : request)
      if (held) return held
      throw error
    }
  })())
})
