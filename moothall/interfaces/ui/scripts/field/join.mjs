// Joining a crew: the one page of the field app that needs a signal.
import * as store from './store.mjs'

export function joining (addresses) {
  const form = document.querySelector('form[data-join]')
  form?.addEventListener('submit', async (event) => {
    event.preventDefault()
    const says = form.querySelector('[data-wrong]')
    let answer
    try {
      answer = await fetch(addresses.join, { method: 'POST', body: new FormData(form), headers: { 'X-Requested-With': 'field' } })
    } catch { says.textContent = 'There is no signal. Try again where there is one.'; return }
    const said = await answer.json().catch(() => ({}))
    if (!answer.ok) { says.textContent = said.problems?.[0]?.message ?? 'Sign in again.'; return }
    await store.forget()
    await store.setMeta('token', said.token)
    location.href = addresses.app
  })
}
