// Before a sign-in runs out, say so; what was typed is kept in this browser tab and put back after signing in again.
// <body data-session-ends="ISO time" data-session-renew="/address"> asks for it. Passwords and files are never kept.
const KEPT = 'moothall:kept:'
const WARN = 120000

export function session (document) {
  const { sessionEnds, sessionRenew } = document.body.dataset
  const forms = [...document.querySelectorAll('form[data-keep]')]
  for (const form of forms) restore(form)
  document.addEventListener('submit', (event) => sessionStorage.removeItem(key(event.target)))
  if (!sessionEnds) return
  const left = Date.parse(sessionEnds) - Date.now()
  if (Number.isNaN(left)) return
  setTimeout(() => {
    for (const form of forms) {
      keep(form)
      form.addEventListener('input', () => keep(form))
    }
    show(document, sessionRenew)
  }, Math.max(0, left - WARN))
}

const key = (form) => KEPT + location.pathname + '#' + (form.id || form.name || '')

function keep (form) {
  const values = [...new FormData(form)].filter(([name, value]) =>
    typeof value === 'string' && name !== 'csrfmiddlewaretoken' && form.elements[name]?.type !== 'password')
  sessionStorage.setItem(key(form), JSON.stringify(values))
}

function restore (form) {
  const text = sessionStorage.getItem(key(form))
  if (!text) return
  for (const [name, value] of JSON.parse(text)) {
    for (const control of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (control.type === 'hidden') continue
      if (control.type === 'radio' || control.type === 'checkbox') control.checked ||= control.value === value
      else if (!control.value) control.value = value
    }
  }
}

function show (document, renew) {
  const box = document.createElement('section')
  box.className = 'ui-session'
  box.setAttribute('role', 'alert')
  const words = document.createElement('p')
  words.textContent = 'You’ll be signed out in 2 minutes. What you’ve typed is kept. '
  const link = document.createElement('a')
  link.href = renew || location.href
  link.textContent = 'Stay signed in'
  link.addEventListener('click', async (event) => {
    if (!renew) return
    event.preventDefault()
    const answer = await fetch(renew, { method: 'GET', credentials: 'same-origin' }).catch(() => null)
    if (answer?.ok) box.remove()
    else location.href = location.pathname
  })
  words.append(link)
  box.append(words)
  document.body.append(box)
}
