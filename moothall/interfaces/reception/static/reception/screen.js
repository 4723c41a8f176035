// The screen in the room: asks every two seconds, says each new call once. A browser speaks only after somebody has
// touched the page; the button asks for that, and goes when the voice is on.
const room = document.querySelector('[data-now]')
const sound = document.querySelector('[data-sound]')
const said = new Set()
const calls = () => [...room.querySelectorAll('[data-call]')]
const voice = room.dataset.speak === 'yes' && 'speechSynthesis' in window
let on = false

for (const call of calls()) said.add(call.dataset.call)
if (voice) {
  sound.hidden = false
  sound.addEventListener('click', () => { on = true; sound.hidden = true; say('The voice is on.') })
}
function say (words) {
  const saying = new SpeechSynthesisUtterance(words)
  saying.lang = 'en-GB'
  saying.rate = 0.9
  speechSynthesis.speak(saying)
}
setInterval(async () => {
  try {
    const answer = await fetch(room.dataset.now, { cache: 'no-store' })
    if (!answer.ok) return
    const text = await answer.text()
    if (text !== room.innerHTML) room.innerHTML = text
    document.body.classList.remove('room--away')
  } catch {
    document.body.classList.add('room--away')
    return
  }
  for (const call of calls().reverse()) {
    if (said.has(call.dataset.call)) continue
    said.add(call.dataset.call)
    if (on) say(call.textContent)
  }
}, 2000)
