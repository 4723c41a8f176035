// Elements without a template: h('p', { class: 'x' }, 'words'). Words are always text, never markup.
export function h (name, attributes = {}, ...inside) {
  const [tag, space] = name.startsWith('svg:') ? [name.slice(4), 'http://www.w3.org/2000/svg'] : [name, null]
  const made = space ? document.createElementNS(space, tag) : document.createElement(tag)
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value)
    else made.setAttribute(key, value === true ? '' : value)
  }
  made.append(...inside.flat(3).filter((one) => one !== null && one !== undefined && one !== false))
  return made
}

export const clockTime = (iso) => {
  const at = new Date(iso)
  const told = new Intl.DateTimeFormat('en-GB', { hour: 'numeric', minute: '2-digit', hour12: true, timeZone: 'Europe/London' }).formatToParts(at)
  const of = (type) => told.find((part) => part.type === type)?.value ?? ''
  const hour = String(Number(of('hour')) === 0 ? 12 : Number(of('hour')))
  return `${hour}${of('minute') === '00' ? '' : '.' + of('minute')}${of('dayPeriod').toLowerCase()}`
}
