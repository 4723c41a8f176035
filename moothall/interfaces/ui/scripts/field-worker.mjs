// Keeps the app itself on the device, so that it opens without a signal. What to keep stands before this, put there by the
// server. It keeps nothing of what devices fetch or send: that is in the app's own store, and is forgotten with it.
self.addEventListener('install', (event) => {
  event.waitUntil((async () => {
    const held = await caches.open(self.NAME)
    await held.addAll(self.KEPT.map((address) => new Request(address, { cache: 'reload' })))
    await self.skipWaiting()
  })())
})

self.addEventListener('activate', (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith('field-') && name !== self.NAME) await caches.delete(name)
    await self.clients.claim()
  })())
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const address = new URL(request.url)
  if (request.method !== 'GET' || address.origin !== location.origin || address.pathname.includes('/api/')) return
  const shell = request.mode === 'navigate' && address.pathname === self.KEPT[0]
  event.respondWith((async () => {
    const held = await (await caches.open(self.NAME)).match(shell ? self.KEPT[0] : request)
    return held ?? fetch(request)
  })())
})
