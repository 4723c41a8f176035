// Maps: reports in clusters, one report, and the pin that says where. Every page says the same without this.
import { Map as MapView, Marker, NavigationControl, addProtocol, setWorkerUrl } from 'maplibre-gl'
import { Protocol } from 'pmtiles'

setWorkerUrl(new URL('./maplibre-gl-worker.mjs', import.meta.url).href)
addProtocol('pmtiles', new Protocol().tile)

const ink = getComputedStyle(document.documentElement)
const brand = ink.getPropertyValue('--brand').trim() || '#1c5f54'

async function style (base) {
  const answer = await (await fetch(base)).json()
  const sources = {}
  const layers = [{ id: 'paper', type: 'background', paint: { 'background-color': '#eef0ec' } }]
  if (answer.kind === 'raster') {
    sources.base = { type: 'raster', tiles: [answer.url], tileSize: 256, attribution: answer.credit }
    layers.push({ id: 'base', type: 'raster', source: 'base' })
  } else if (answer.kind === 'vector') {
    sources.base = { type: 'vector', url: 'pmtiles://' + new URL(answer.url, location.href).href, attribution: answer.credit }
    layers.push(
      { id: 'land', type: 'fill', source: 'base', 'source-layer': 'land', paint: { 'fill-color': '#f8f8f4', 'fill-outline-color': '#c9cec6' } },
      { id: 'local', type: 'line', source: 'base', 'source-layer': 'roads', paint: { 'line-color': '#b8bfb6', 'line-width': ['interpolate', ['linear'], ['zoom'], 12, 0.8, 18, 9] } },
      { id: 'main', type: 'line', source: 'base', 'source-layer': 'roads', filter: ['!=', ['get', 'kind'], 'local'], paint: { 'line-color': '#8e978c', 'line-width': ['interpolate', ['linear'], ['zoom'], 9, 1, 18, 14] } },
      { id: 'places', type: 'circle', source: 'base', 'source-layer': 'places', paint: { 'circle-color': '#6d5a8a', 'circle-radius': 4 } }
    )
  }
  return { style: { version: 8, sources, layers }, bounds: answer.bounds }
}

const dot = (words, name, label) => {
  const made = document.createElement(name)
  made.className = 'map__dot'
  made.textContent = words
  if (label) made.setAttribute('aria-label', label)
  return made
}

async function open (box) {
  box.hidden = false
  const skip = box.parentElement.querySelector('[data-map-skip]')
  if (skip) skip.hidden = false
  const { style: look, bounds } = await style(box.dataset.base)
  const here = box.dataset.latitude ? [Number(box.dataset.longitude), Number(box.dataset.latitude)] : null
  const chosen = box.dataset.box ? box.dataset.box.split(',').map(Number) : null
  const shown = here ? { center: here, zoom: 16 } : chosen ? { bounds: chosen } : bounds ? { bounds } : { center: [-1.5, 53], zoom: 6 }
  const map = new MapView({ container: box, style: look, ...shown, dragRotate: false, pitchWithRotate: false, fadeDuration: 0, attributionControl: { compact: true },
    locale: { 'AttributionControl.ToggleAttribution': 'Who made this map' } })
  map.addControl(new NavigationControl({ showCompass: false }))
  map.touchZoomRotate.disableRotation()
  return { map, here }
}

const counted = (n, one, many) => `${n.toLocaleString('en-GB')} ${n === 1 ? one : many}`
const asked = (address, values) => {
  const made = new URL(address, location.href)
  for (const [key, value] of Object.entries(values)) made.searchParams.set(key, value)
  return made.pathname + made.search
}

// Beside the map: how much it shows, and the same as a list.
function beside (box) {
  const says = document.createElement('p')
  const status = document.createElement('span')
  const list = document.createElement('a')
  says.className = 'map__says'
  status.setAttribute('role', 'status')
  list.textContent = 'List what the map shows'
  says.append(status, ' ', list)
  box.after(says)
  return { status, list }
}

async function reports (box) {
  const { map } = await open(box)
  const { status, list } = beside(box)
  let drawn = []
  let asking
  const draw = async () => {
    asking?.abort()
    asking = new AbortController()
    const b = map.getBounds()
    const at = [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()].map((n) => n.toFixed(5)).join(',')
    const across = Math.max(4, Math.floor(Math.max(box.clientWidth, box.clientHeight) / 44))
    let found
    try { found = await (await fetch(asked(box.dataset.points, { box: at, across }), { signal: asking.signal })).json() } catch { return }
    // whoever pressed a cluster goes on with the keyboard in the map: its button is not there any more
    const held = drawn.some((marker) => marker.getElement() === document.activeElement)
    for (const marker of drawn) marker.remove()
    drawn = found.points.map(([longitude, latitude, count, open, reference, service]) => {
      const element = reference ? dot('', 'a', `${found.names[service] ?? 'Report'}, ${open ? 'open' : 'closed'}, ${reference}`) : dot(count > 999 ? Math.round(count / 1000) + 'k' : count, 'button', `${counted(count, 'report', 'reports')}, ${open} open: look closer`)
      if (reference) { element.href = box.dataset.report + reference; element.title = found.names[service] ?? ''; element.classList.add(open ? 'map__dot--open' : 'map__dot--closed') } else {
        element.type = 'button'
        element.addEventListener('click', () => map.easeTo({ center: [longitude, latitude], zoom: map.getZoom() + 2, animate: false }))
      }
      return new Marker({ element }).setLngLat([longitude, latitude]).addTo(map)
    })
    if (held) map.getCanvas().focus({ preventScroll: true })
    status.textContent = `${counted(found.total, 'report', 'reports')} on the map.`
    list.href = asked(box.dataset.list, { box: at }) + '#list'
    box.dataset.drawn = String(found.total)
  }
  map.on('load', draw)
  map.on('moveend', draw)
}

async function one (box) {
  const { map, here } = await open(box)
  new Marker({ element: dot('', 'span') }).setLngLat(here).addTo(map)
  map.on('load', () => { box.dataset.drawn = '1' })
}

async function pin (box) {
  const { map, here } = await open(box)
  const form = box.closest('form')
  const field = box.dataset.field
  const says = document.createElement('p')
  says.setAttribute('role', 'status')
  box.before(says)
  const put = (name, value) => {
    let input = form.querySelector(`input[name="${field}-${name}"]`)
    if (!input) { input = document.createElement('input'); input.type = 'hidden'; input.name = `${field}-${name}`; form.append(input) }
    input.value = value
  }
  let marker = here && new Marker({ element: dot('', 'span') }).setLngLat(here).addTo(map)
  map.on('load', () => { box.dataset.drawn = '1' })
  map.on('click', async ({ lngLat }) => {
    marker ??= new Marker({ element: dot('', 'span') }).setLngLat(lngLat).addTo(map)
    marker.setLngLat(lngLat)
    put('latitude', lngLat.lat.toFixed(6))
    put('longitude', lngLat.lng.toFixed(6))
    const answer = await fetch(`${box.dataset.near}?lat=${lngLat.lat.toFixed(6)}&lon=${lngLat.lng.toFixed(6)}&service=${box.dataset.service ?? ''}`)
    const search = form.querySelector(`input[name="${field}-search"]`)
    if (search) search.value = ''
    const told = document.getElementById('place-says') ?? says
    const { text, another } = answer.ok ? await answer.json() : { text: '', another: '' }
    told.textContent = [text, another].filter(Boolean).join('. ')
    document.getElementById('place-another')?.remove() // that was said of the point before
  })
}

const kinds = { reports, one, pin }
for (const box of document.querySelectorAll('[data-map]')) kinds[box.dataset.map](box).catch(() => { box.hidden = true })

const button = document.querySelector('[data-position]')
if (button && 'geolocation' in navigator) {
  const says = document.querySelector('[data-position-says]')
  button.hidden = false
  button.addEventListener('click', () => {
    says.textContent = 'Looking…'
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => { location.href = `${button.dataset.here}?lat=${coords.latitude.toFixed(6)}&lon=${coords.longitude.toFixed(6)}` },
      () => { says.textContent = 'Your device did not say where it is. Find the place by name instead.' },
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 30000 }
    )
  })
}
