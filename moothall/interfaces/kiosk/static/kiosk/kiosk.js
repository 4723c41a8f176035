// A kiosk clears itself when nobody is there. It counts where everybody sees it, asks before, and leaves nothing behind.
const { idle, warn } = document.body.dataset
const ask = document.querySelector('.kiosk-ask')
const count = document.querySelector('[data-count]')
const offline = document.querySelector('[data-offline]')
const token = document.body.dataset.token
let last = Date.now()
let told = Date.now()
let gone = false

sessionStorage.clear()
window.addEventListener('pageshow', (event) => { if (event.persisted) location.reload() })
document.addEventListener('contextmenu', (event) => event.preventDefault())
document.addEventListener('dragover', (event) => event.preventDefault())
document.addEventListener('drop', (event) => event.preventDefault())

const here = () => {
  last = Date.now()
  if (ask.open) ask.close()
  if (last - told < 20000 || !token) return
  told = last
  fetch('/kiosk/stay', { method: 'POST', headers: { 'X-CSRFToken': token } }).catch(() => {})
}
for (const sign of ['pointerdown', 'keydown', 'input', 'wheel']) document.addEventListener(sign, () => { if (!ask.open) here() }, { passive: true })
document.querySelector('[data-stay]').addEventListener('click', () => { told = 0; here() })

count.hidden = false
// Without a connection nothing can be cleared there: it is wiped from the glass here, and cleared there once there is one.
const clear = () => fetch('/healthz', { cache: 'no-store' }).then(() => location.replace('/kiosk/over'), () => {
  const main = document.querySelector('main')
  const words = document.createElement('h1')
  words.textContent = document.title = offline.dataset.cleared
  main.replaceChildren(words)
  main.className = 'kiosk-alone'
  document.body.replaceChildren(main)
  main.focus({ preventScroll: true })
  setTimeout(clear, 5000)
})

const show = () => {
  if (gone) return
  const left = Math.max(0, Math.ceil((last + Number(idle) * 1000 - Date.now()) / 1000))
  for (const place of document.querySelectorAll('[data-left]')) place.textContent = place.closest('dialog') ? String(left) : `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`
  if (left <= Number(warn) && left > 0 && !ask.open) ask.showModal()
  if (left === 0) { gone = true; for (const form of document.forms) form.reset(); clear() }
}
setInterval(show, 1000)
show()

// No connection: what was typed stays where it is, and nothing is sent into nowhere.
const line = () => { if (!gone) offline.hidden = navigator.onLine }
window.addEventListener('online', line)
window.addEventListener('offline', line)
line()
document.addEventListener('submit', (event) => { if (!navigator.onLine) { event.preventDefault(); line() } }, true)

for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false
  button.addEventListener('click', () => window.print())
}

// On a television the arrows of the remote go from one thing to the next.
document.addEventListener('keydown', (event) => {
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key]
  if (!step || event.target.closest?.('input, textarea, select')) return
  const all = [...(ask.open ? ask : document).querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')].filter((one) => one.offsetParent)
  const next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length]
  if (next) { event.preventDefault(); next.focus() }
})
