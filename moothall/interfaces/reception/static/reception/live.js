// Lists that change by themselves: asked for again every three seconds and put in place, never under somebody's hand.
const EVERY = 3000

const clock = (seconds) => {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return (parts[0] ? [parts[0], String(parts[1]).padStart(2, '0')] : [parts[1]]).concat(String(parts[2]).padStart(2, '0')).join(':')
}
let drawn = performance.now()
const tick = (place) => {
  for (const one of place.querySelectorAll('[data-since]')) {
    one.textContent = clock(Number(one.dataset.since) + Math.floor((performance.now() - drawn) / 1000))
  }
}
for (const place of document.querySelectorAll('[data-live]')) {
  let before = place.innerHTML
  setInterval(() => tick(place), 1000)
  setInterval(async () => {
    if (document.hidden || place.querySelector('details[open], form[data-sent]') || place.contains(document.activeElement)) return
    try {
      const answer = await fetch(place.dataset.live, { headers: { 'X-Requested-With': 'fetch' } })
      if (!answer.ok || answer.redirected) return
      const text = await answer.text()
      if (place.querySelector('details[open], form[data-sent]') || place.contains(document.activeElement)) return
      if (text !== before) place.innerHTML = before = text
      drawn = performance.now()
      tick(place)
    } catch { /* the next time round */ }
  }, EVERY)
}
