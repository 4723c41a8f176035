// A form is sent once. The server would answer the second sending as the first; this keeps people from wondering.
// The button keeps its words and stays in the page; coming back with the back button lets it be pressed again.
export function once (root) {
  root.addEventListener('submit', (event) => {
    const form = event.target
    if (!(form instanceof HTMLFormElement) || form.method === 'get' || form.hasAttribute('data-many')) return
    if (form.dataset.sent) {
      event.preventDefault()
      return
    }
    queueMicrotask(() => {
      if (event.defaultPrevented) return
      form.dataset.sent = 'yes'
      for (const button of form.querySelectorAll('button:not([type=button])')) button.setAttribute('aria-disabled', 'true')
    })
  })
  window.addEventListener('pageshow', (event) => {
    if (!event.persisted) return
    for (const form of root.querySelectorAll('form[data-sent]')) {
      delete form.dataset.sent
      for (const button of form.querySelectorAll('[aria-disabled]')) button.removeAttribute('aria-disabled')
    }
  })
}
