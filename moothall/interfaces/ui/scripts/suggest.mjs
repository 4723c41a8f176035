// Answers while typing. <form data-suggest="/search/suggest"> holds a search input; the server answers
// {"results": [{"title", "summary", "url"}]}. A combobox by the ARIA pattern; without it the form still searches.
const make = (tag, attributes, ...inside) => {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...inside)
  return made
}

export function suggest (form) {
  const input = form.querySelector('input[type=search]')
  const id = input.id + '-list'
  const list = make('ul', { id, class: 'ui-search__list', role: 'listbox', 'aria-label': 'Suggestions', hidden: '' })
  const said = make('div', { class: 'govuk-visually-hidden', role: 'status' })
  form.append(list, said)
  let results = []
  let here = -1
  let asked = ''
  let wait
  let asking

  const set = (attributes) => { for (const name in attributes) input.setAttribute(name, attributes[name]) }
  set({ role: 'combobox', autocomplete: 'off', 'aria-expanded': 'false', 'aria-controls': id, 'aria-autocomplete': 'list' })

  function show (found) {
    results = found
    here = -1
    list.replaceChildren(...found.map((result, i) => {
      const item = make('li', { id: `${id}-${i}`, class: 'ui-search__option', role: 'option', 'aria-selected': 'false' },
        make('strong', {}, result.title), make('span', {}, result.summary || ''))
      item.addEventListener('pointerdown', (event) => { event.preventDefault(); location.href = result.url })
      return item
    }))
    list.hidden = !found.length
    set({ 'aria-expanded': String(!list.hidden), 'aria-activedescendant': '' })
  }

  function mark (next) {
    here = (next + results.length) % results.length
    list.childNodes.forEach((item, i) => item.setAttribute('aria-selected', String(i === here)))
    set({ 'aria-activedescendant': `${id}-${here}` })
  }

  async function ask () {
    const words = input.value.trim()
    if (words === asked) return
    asked = words
    asking?.abort()
    if (words.length < 2) return show([])
    asking = new AbortController()
    try {
      const answer = await fetch(`${form.dataset.suggest}?q=${encodeURIComponent(words)}`, { signal: asking.signal })
      show(answer.ok ? (await answer.json()).results.slice(0, 6) : [])
      said.textContent = results.length ? `${results.length} suggestions. Use the arrow keys.` : 'No suggestions yet.'
    } catch { /* a later question took its place, or the line dropped: the button still works */ }
  }

  input.addEventListener('input', () => { clearTimeout(wait); wait = setTimeout(ask, 120) })
  input.addEventListener('blur', () => show([]))
  input.addEventListener('keydown', (event) => {
    if (list.hidden) return
    const act = {
      ArrowDown: () => mark(here + 1),
      ArrowUp: () => mark(here < 0 ? -1 : here - 1),
      Escape: () => show([]),
      Enter: here >= 0 && (() => { location.href = results[here].url })
    }[event.key]
    if (act) { event.preventDefault(); act() }
  })
}
