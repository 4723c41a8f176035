// What could not be sent yet, in this tab alone: gone once it is saved, and with the tab.
export function unsent (form) {
  const name = 'moothall:unsent:' + form.dataset.autosave
  const held = () => { try { return JSON.parse(sessionStorage.getItem(name)) } catch { return null } }
  return {
    put () {
      const typed = [...new FormData(form)].filter(([field, value]) => typeof value === 'string' && field !== 'csrfmiddlewaretoken')
      try { sessionStorage.setItem(name, JSON.stringify(typed)) } catch { /* a full or forbidden store: the page itself still holds it */ }
    },
    drop () { try { sessionStorage.removeItem(name) } catch { /* as above */ } },
    bring () {
      const typed = held()
      if (!typed) return false
      for (const box of form.elements) {
        if (!box.name || (box.type === 'hidden' && !box.closest('[data-finder]')) || box.type === 'file' || box.type === 'submit' || box.tagName === 'BUTTON') continue
        const mine = typed.filter(([field]) => field === box.name).map(([, value]) => value)
        if (box.type === 'radio' || box.type === 'checkbox') box.checked = mine.includes(box.value)
        else if (mine.length) box.value = mine[0]
      }
      return true
    }
  }
}
