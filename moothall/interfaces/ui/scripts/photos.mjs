// Blurring parts of a photo: draw a rectangle with the mouse, or press b and move it with the keyboard.
// Without this, the same is typed as numbers.
const STEP = 10
const LEAST = 10
const within = (n, least, most) => Math.min(Math.max(Math.round(n), least), most)

function rectangles (box) {
  const form = box.closest('form')
  const field = form.querySelector(`input[name="${box.dataset.blur}"]`)
  const says = form.querySelector('[data-blur-says]')
  const add = form.querySelector('[data-blur-add]')
  const how = form.querySelector('[data-blur-how]')
  const held = field.value.split(';').filter(Boolean).map((one) => one.split(',').map(Number))
  let shown = []
  how.textContent = 'Draw over faces, number plates and names. Or press b: arrows move a rectangle, with Shift they change its size, Delete takes it away.'
  add.hidden = false
  field.closest('.govuk-form-group').hidden = true

  const place = (element, [left, top, width, height]) => {
    element.style.left = `${left / 10}%`
    element.style.top = `${top / 10}%`
    element.style.width = `${width / 10}%`
    element.style.height = `${height / 10}%`
  }
  const keep = () => {
    field.value = held.map((one) => one.join(',')).join(';')
    says.textContent = held.length ? `${held.length} ${held.length === 1 ? 'part' : 'parts'} will be blurred.` : 'Nothing will be blurred.'
  }
  const draw = (focus = -1) => {
    for (const element of shown) element.remove()
    shown = held.map((one, n) => {
      const element = document.createElement('button')
      element.type = 'button'
      element.className = 'photo-review__blur'
      element.setAttribute('aria-label', `Blurred part ${n + 1}: arrows move it, with Shift they change its size, Delete takes it away`)
      place(element, one)
      element.addEventListener('keydown', (event) => {
        const by = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[event.key]
        if (by) {
          event.preventDefault()
          const [left, top, width, height] = held[n]
          held[n] = event.shiftKey
            ? [left, top, within(width + by[0], LEAST, 1000 - left), within(height + by[1], LEAST, 1000 - top)]
            : [within(left + by[0], 0, 1000 - width), within(top + by[1], 0, 1000 - height), width, height]
          place(element, held[n])
          keep()
        } else if (event.key === 'Delete' || event.key === 'Backspace') {
          event.preventDefault()
          held.splice(n, 1)
          draw(Math.min(n, held.length - 1))
          if (!held.length) add.querySelector('button').focus()
          keep()
        }
      })
      box.append(element)
      return element
    })
    if (focus >= 0) shown[focus]?.focus()
  }
  add.querySelector('button').addEventListener('click', () => {
    if (held.length >= 20) return
    held.push([400, 400, 200, 200])
    draw(held.length - 1)
    keep()
  })
  let from = null
  const at = (event) => {
    const edge = box.getBoundingClientRect()
    return [within((event.clientX - edge.left) / edge.width * 1000, 0, 1000), within((event.clientY - edge.top) / edge.height * 1000, 0, 1000)]
  }
  box.addEventListener('pointerdown', (event) => {
    if (event.target.closest('.photo-review__blur') || held.length >= 20) return
    event.preventDefault()
    from = at(event)
    box.setPointerCapture(event.pointerId)
  })
  box.addEventListener('pointerup', (event) => {
    if (!from) return
    const to = at(event)
    const made = [Math.min(from[0], to[0]), Math.min(from[1], to[1]), Math.abs(from[0] - to[0]), Math.abs(from[1] - to[1])]
    from = null
    if (made[2] < LEAST || made[3] < LEAST) return
    held.push(made)
    draw()
    keep()
  })
  draw()
  keep()
}

export function photos (root) {
  for (const box of root.querySelectorAll('[data-blur]')) rectangles(box)
}
