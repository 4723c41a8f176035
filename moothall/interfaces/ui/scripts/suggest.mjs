// Answers while typing. <form data-suggest="/search/suggest"> holds an input; the server answers
// {"results": [{"title", "summary", "url"}]}. A combobox by the ARIA pattern; without it the form still searches.
export function suggest (form) {
  const input = form.querySelector('input[type=search]')
  const list = document.createElement('ul')
  list.className = 'ui-search__list'
  list.id = input.id + '-list'
  list.hidden = true
  list.setAttribute('role', 'listbox')
  list.setAttribute('aria-label', 'Suggestions')
  const said = document.createElement('div')
  said.className = 'govuk-visually-hidden'
  said.setAttribute('role', 'status')
  form.append(list, said)
  for (const [name, value] of Object.entries({
    role: 'combobox', autocomplete: 'off', 'aria-expanded': 'false', 'aria-controls': list.id, 'aria-autocomplete': 'list'
  })) input.setAttribute(name, value)

  let results = []
  let here = -1
  let asked = ''
  let wait
  let asking

  const close = () => { list.hidden = true; here = -1; input.setAttribute('aria-expanded', 'false'); input.removeAttribute('aria-activedescendant') }
  const go = (result) => { location.href = result.url }
  const mark = (next) => {
    here = (next + results.length) % results.length
    list.childNodes.forEach((item, i) => item.setAttribute('aria-selected', String(i === here)))
    input.setAttribute('aria-activedescendant', list.childNodes[here].id)
  }

  function draw () {
    list.replaceChildren(...results.map((result, i) => {
      const item = document.createElement('li')
      item.className = 'ui-search__option'
      item.id = `${list.id}-${i}`
      item.setAttribute('role', 'option')
      item.setAttribute('aria-selected', 'false')
      const title = document.createElement('strong')
      title.textContent = result.title
      const summary = document.createElement('span')
      summary.textContent = result.summary || ''
      item.append(title, summary)
      item.addEventListener('pointerdown', (event) => { event.preventDefault(); go(result) })
      return item
    }))
    here = -1
    list.hidden = results.length === 0
    input.setAttribute('aria-expanded', String(!list.hidden))
    said.textContent = results.length ? `${results.length} suggestions. Use the arrow keys.` : 'No suggestions yet.'
  }

  async function ask () {
    const words = input.value.trim()
    if (words === asked) return
    asked = words
    asking?.abort()
    if (words.length < 2) return close()
    asking = new AbortController()
    try {
      const answer = await fetch(`${form.dataset.suggest}?q=${encodeURIComponent(words)}`, { signal: asking.signal, headers: { accept: 'application/json' } })
      if (!answer.ok) return close()
      results = (await answer.json()).results.slice(0, 6)
      draw()
    } catch { /* a later question took its place, or the line dropped: the button still works */ }
  }

  input.addEventListener('input', () => { clearTimeout(wait); wait = setTimeout(ask, 120) })
  input.addEventListener('blur', close)
  input.addEventListener('keydown', (event) => {
    if (list.hidden) return
    if (event.key === 'ArrowDown') { event.preventDefault(); mark(here + 1) }
    if (event.key === 'ArrowUp') { event.preventDefault(); mark(here < 0 ? results.length - 1 : here - 1) }
    if (event.key === 'Escape') { event.preventDefault(); close() }
    if (event.key === 'Enter' && here >= 0) { event.preventDefault(); go(results[here]) }
  })
}
