// Passkeys: the browser answers the question in `data-options`, and the form carries the answer. Without this the form stays hidden.
const PK = window.PublicKeyCredential
for (const form of document.querySelectorAll('[data-passkey]')) {
  if (!PK || !PK.parseCreationOptionsFromJSON || !PK.parseRequestOptionsFromJSON) break
  form.hidden = false
  const field = form.elements.credential
  const error = form.querySelector('[data-passkey-error]')
  form.addEventListener('submit', async (event) => {
    if (field.value) return
    event.preventDefault()
    event.stopImmediatePropagation()
    error.hidden = true
    try {
      const options = JSON.parse(form.dataset.options)
      const made = form.dataset.passkey === 'create'
        ? await navigator.credentials.create({ publicKey: PK.parseCreationOptionsFromJSON(options) })
        : await navigator.credentials.get({ publicKey: PK.parseRequestOptionsFromJSON(options) })
      field.value = JSON.stringify(made.toJSON())
      form.submit()
    } catch {
      error.hidden = false
    }
  }, true)
}
