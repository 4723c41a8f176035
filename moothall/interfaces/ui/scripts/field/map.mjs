// A map that needs no network: the streets round today's jobs as lines, the jobs as numbers in their order.
import { h } from './draw.mjs'

const WIDE = 1000

export function map (jobs, streets, start) {
  const placed = jobs.filter((job) => job.latitude !== null)
  if (!placed.length) return h('p', { class: 'big' }, 'None of your jobs has a place on the map.')
  const lat = placed.map((job) => job.latitude)
  const lon = placed.map((job) => job.longitude)
  const middle = (Math.min(...lat) + Math.max(...lat)) / 2
  const squeeze = Math.cos(middle * Math.PI / 180)
  const span = Math.max((Math.max(...lon) - Math.min(...lon)) * squeeze, Math.max(...lat) - Math.min(...lat), 0.004) * 1.25
  const west = (Math.min(...lon) + Math.max(...lon)) / 2 - span / squeeze / 2
  const north = middle + span / 2
  const x = (longitude) => Math.round((longitude - west) * squeeze / span * WIDE * 10) / 10
  const y = (latitude) => Math.round((north - latitude) / span * WIDE * 10) / 10
  const line = (points) => 'M' + points.map(([a, b]) => `${x(a)} ${y(b)}`).join('L')
  const route = placed.map((job) => [job.longitude, job.latitude])
  const view = { x: 0, y: 0, size: WIDE }
  const signs = placed.map((job, n) => h('svg:a', { href: `#job/${job.id}`, class: 'spot' + (n === 0 ? ' spot--next' : ''), 'aria-label': `${job.order}: ${job.what}, ${job.place}` },
    h('svg:circle', {}), h('svg:text', { 'text-anchor': 'middle', 'dominant-baseline': 'central' }, String(job.order))))
  const picture = h('svg:svg', { class: 'map', role: 'group', 'aria-label': 'Map of today’s jobs' },
    h('svg:path', { class: 'map__streets', d: streets.map(line).join('') }),
    h('svg:path', { class: 'map__route', d: line(start ? [[start[1], start[0]], ...route] : route) }), signs)
  const look = () => {
    picture.setAttribute('viewBox', `${view.x} ${view.y} ${view.size} ${view.size}`)
    const one = view.size / (picture.clientWidth || 300) // of the picture's own units to a pixel of the screen
    placed.forEach((job, n) => {
      const [circle, text] = signs[n].children
      for (const [name, value] of [['cx', x(job.longitude)], ['cy', y(job.latitude)], ['r', 25 * one]]) circle.setAttribute(name, value)
      for (const [name, value] of [['x', x(job.longitude)], ['y', y(job.latitude)], ['font-size', 24 * one]]) text.setAttribute(name, value)
    })
  }
  const zoom = (by, to) => {
    const [a, b] = to ?? [view.x + view.size / 2, view.y + view.size / 2]
    view.size = Math.min(WIDE * 1.2, Math.max(60, view.size * by))
    view.x = a - view.size / 2
    view.y = b - view.size / 2
    look()
  }
  let from = null
  picture.addEventListener('pointerdown', (event) => { from = [event.clientX, event.clientY, view.x, view.y] })
  picture.addEventListener('pointermove', (event) => {
    if (!from || !event.buttons) return
    const one = view.size / picture.clientWidth
    view.x = from[2] - (event.clientX - from[0]) * one
    view.y = from[3] - (event.clientY - from[1]) * one
    look()
  })
  picture.addEventListener('pointerup', () => { from = null })
  new ResizeObserver(look).observe(picture)
  look()
  const button = (words, work) => h('button', { type: 'button', class: 'button button--plain', onclick: work }, words)
  return h('div', {}, picture, h('div', { class: 'acts acts--row' },
    button('Closer', () => zoom(0.5)), button('Wider', () => zoom(2)),
    button('Next job', () => zoom(200 / view.size, [x(placed[0].longitude), y(placed[0].latitude)])),
    button('All', () => { view.x = view.y = 0; view.size = WIDE; look() })))
}
