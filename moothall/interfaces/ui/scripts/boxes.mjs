// A box for a telephone number holds no letters: pressed there, a key is a key.
export const figures = (event) => event.target.matches?.('input[type=tel]') && event.key.length === 1 && !/[\d+() -]/.test(event.key)

// From a box down into what it found, and up again: <div data-found> holds the box and the buttons to press.
export function walk (event) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  const within = by && event.target.closest?.('[data-found]')
  if (!within) return false
  const all = [...within.querySelectorAll('input[type=search],.found__person')]
  const next = all[all.indexOf(event.target) + by]
  next?.focus()
  return Boolean(next)
}
