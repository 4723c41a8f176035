// The app's pages. Each returns what <main> holds, drawn from what the device keeps; none of them needs a signal.
import { clockTime, h } from './draw.mjs'
import { map } from './map.mjs'

const OVER = ['done', 'not_done', 'withdrawn']
const STATES = { waiting: 'To do', going: 'On the way', started: 'Under way', paused: 'Paused', done: 'Done', not_done: 'Could not be done', withdrawn: 'Taken back' }
export const isOver = (job) => OVER.includes(job.state)

const tag = (job) => h('span', { class: `tag tag--${job.state}` }, STATES[job.state] ?? job.state)
const photosHeld = (job, held) => held.pictures.filter((picture) => job.photos.includes(picture.id))

function card (job, next) {
  return h('li', {}, h('a', { class: 'card' + (next ? ' card--next' : ''), href: `#job/${job.id}` },
    h('span', { class: 'card__number', 'aria-hidden': 'true' }, String(job.order)),
    h('span', { class: 'card__words' },
      next && h('span', { class: 'card__next' }, 'Next'),
      h('span', { class: 'card__place' }, job.place),
      h('span', { class: 'card__what' }, job.what),
      h('span', { class: 'card__state' }, tag(job), job.late && h('span', { class: 'tag tag--late' }, 'May be late'), job.warned && h('span', { class: 'tag tag--hazard' }, 'Hazard'),
        job.expected && !isOver(job) && h('span', { class: 'card__time' }, 'about ' + clockTime(job.expected))))))
}

// Whoever carries the device works for another team now: its jobs are gone from it, and another crew's come by joining it.
function moved (held) {
  const { crew } = held.day.device
  return ['Your crew has changed', [
    h('h1', {}, 'Your crew has changed'),
    notices(held),
    h('p', { class: 'big' }, `You are not in the team of ${crew} any more, so its jobs are no longer on this device.`),
    held.waiting === 0
      ? h('p', {}, h('a', { class: 'button', href: held.join }, 'Join your crew'))
      : h('p', {}, `${held.strip}. You can join your new crew once everything is sent.`)
  ]]
}

export function jobs (held) {
  if (held.day?.device?.moved) return moved(held)
  const open = held.jobs.filter((job) => !isOver(job))
  const over = held.jobs.filter(isOver)
  const first = open.find((job) => ['going', 'started'].includes(job.state)) ?? open[0]
  return ['Jobs today', [
    h('h1', {}, 'Jobs today'),
    notices(held),
    !held.day?.published && !held.jobs.length && h('p', { class: 'big' }, held.day ? 'Your supervisor has not sent today’s jobs yet. They come here by themselves.' : 'No jobs yet. They come as soon as there is a signal.'),
    held.day?.published && !held.jobs.length && h('p', { class: 'big' }, 'Nothing for your crew today.'),
    open.length > 0 && h('ol', { class: 'cards' }, open.map((job) => card(job, job === first))),
    held.jobs.length > 0 && !open.length && h('p', { class: 'big' }, 'All done for today.'),
    over.length > 0 && [h('h2', {}, `Finished: ${over.length}`), h('ol', { class: 'cards cards--over' }, over.map((job) => card(job, false)))]
  ]]
}

// What was begun on a page and is not sent: its photos are kept, and wait for whoever took them.
const begun = (held) => held.begun.map(({ page, what, photos }) => h('div', { class: 'notice' },
  h('p', {}, `Not finished: ${what}. ${photos === 1 ? '1 photo is' : `${photos} photos are`} kept for it.`),
  h('div', { class: 'acts--row' }, h('a', { class: 'button', href: '#' + page }, 'Go on'),
    h('button', { type: 'button', class: 'button button--plain', 'data-do': 'drop', 'data-id': page }, 'Leave it out'))))

function notices (held) {
  return [
    begun(held),
    held.gone.map((job) => h('div', { class: 'notice' }, h('p', {}, `No longer yours: ${job.what}, ${job.place}.`),
      h('button', { type: 'button', class: 'button button--plain', 'data-do': 'gone', 'data-id': job.id }, 'Understood'))),
    held.reports.filter((one) => one.told && !one.seen).map((one) => h('div', { class: 'notice' },
      h('p', {}, h('strong', {}, `${one.what}: `), one.told),
      h('button', { type: 'button', class: 'button button--plain', 'data-do': 'seen', 'data-id': one.id }, 'Understood')))
  ]
}

export function mapPage (held) {
  return ['Map', [h('h1', {}, 'Map'), map(held.jobs.filter((job) => !isOver(job)), held.day?.streets ?? [], held.day?.start),
    h('p', {}, 'The numbers are the order of your jobs. The ', h('a', { href: '#jobs' }, 'list'), ' says the same.')]]
}

export function job (held, id) {
  const one = held.jobs.find((each) => each.id === id)
  if (!one) return ['Job', [h('h1', {}, 'This job is not on your list any more'), h('p', {}, h('a', { href: '#jobs' }, 'Jobs today'))]]
  const at = one.latitude === null ? null : `${one.latitude},${one.longitude}`
  return [one.place, [
    h('p', { class: 'back' }, h('a', { href: '#jobs' }, 'Jobs today')),
    h('h1', {}, one.place),
    h('p', { class: 'big' }, one.what, ' ', tag(one)),
    one.hazards.length > 0 && h('section', { class: 'hazard', 'aria-labelledby': 'hazards' }, h('h2', { id: 'hazards' }, 'Take care'), h('ul', {}, one.hazards.map((words) => h('li', {}, words)))),
    !isOver(one) && h('div', { class: 'acts' }, acts(one)),
    h('dl', { class: 'facts' },
      one.due && fact('Promise', one.due), one.expected && fact('Expected', 'about ' + clockTime(one.expected)),
      fact('Takes', `${one.minutes} minutes`), one.tries > 0 && fact('Tried before', one.tries === 1 ? 'once' : `${one.tries} times`),
      one.know.map(({ asked, said }) => fact(asked, said)),
      one.meets && fact('You meet', one.meets.name), one.meets?.needs.map((need) => fact('Know', need)), fact('Reference', one.reference)),
    at && h('p', {}, h('a', { class: 'button button--plain', href: `geo:${at}?q=${at}` }, 'Show me the way')),
    photosHeld(one, held).length > 0 && h('div', { class: 'pictures' }, photosHeld(one, held).map((picture, n) => h('img', { src: held.picture(picture), alt: `Photo ${n + 1} sent with the report` })))
  ]]
}

const fact = (name, value) => [h('dt', {}, name), h('dd', {}, value)]
const act = (words, kind, job, more = '') => h('button', { type: 'button', class: 'button ' + more, 'data-do': kind, 'data-id': job.id }, words)
const lead = (words, where, more = '') => h('a', { class: 'button ' + more, href: where }, words)

function acts (one) {
  const cannot = lead('Can’t do it', `#job/${one.id}/cannot`, 'button--plain')
  if (one.state === 'started') return [lead('Done', `#job/${one.id}/done`), act('Pause', 'paused', one, 'button--plain'), cannot]
  if (one.state === 'paused') return [act('Go on', 'started', one), cannot]
  if (one.state === 'going') return [act('Start', 'started', one), cannot]
  return [act('On my way', 'going', one), act('Start', 'started', one, 'button--second'), cannot]
}

const camera = (id, words, most) => h('div', { class: 'field' },
  h('p', { class: 'label', id: id + '-label' }, words),
  h('div', { 'data-shutter': true },
    h('label', { class: 'button button--plain button--file', for: id }, 'Take a photo'),
    h('input', { class: 'unseen', type: 'file', id, accept: 'image/*', capture: 'environment', multiple: most > 1, 'data-most': most, 'aria-describedby': `${id}-label ${id}-room` })),
  h('p', { class: 'room', role: 'status', id: id + '-room', 'data-room': true }),
  h('div', { class: 'pictures', 'data-taken': id, 'aria-live': 'polite' }))
const words = (id, label) => h('div', { class: 'field' }, h('label', { class: 'label', for: id }, label), h('textarea', { id, rows: '3', maxlength: '1000' }))
const wrong = () => h('p', { class: 'wrong', role: 'alert', 'data-wrong': true })

export function done (held, id) {
  const one = held.jobs.find((each) => each.id === id)
  if (!one) return job(held, id)
  return ['Done', [
    h('p', { class: 'back' }, h('a', { href: `#job/${id}` }, one.place)),
    h('h1', {}, 'Done'),
    h('form', { 'data-form': 'done', 'data-id': id, novalidate: true }, wrong(),
      camera('photo', one.proof === 'photo' ? 'A photo that shows it is done' : 'A photo, if you want one', 6),
      words('words', one.proof === 'photo' ? 'Anything to add? If you can’t take a photo, say why.' : 'Anything to add?'),
      h('button', { class: 'button' }, 'It is done'))
  ]]
}

export function cannot (held, id) {
  const one = held.jobs.find((each) => each.id === id)
  if (!one) return job(held, id)
  return ['Can’t do it', [
    h('p', { class: 'back' }, h('a', { href: `#job/${id}` }, one.place)),
    h('h1', {}, 'Why can’t it be done?'),
    h('form', { 'data-form': 'cannot', 'data-id': id, novalidate: true }, wrong(),
      stays(one.things ?? []),
      choice('reason', 'Reason', (held.day?.reasons ?? []).filter(({ services }) => !services?.length || services.includes(one.service))),
      camera('photo', 'A photo, if it helps', 6), words('words', 'Anything to add?'),
      h('button', { class: 'button' }, 'Send'))
  ]]
}

// One box for each thing, ticked: whoever took it unticks it. Of a single thing there is no part to leave.
function stays (things) {
  const each = things.flatMap(({ code, says, count }) => Array.from({ length: count }, (_, n) => ({ code, says: count > 1 ? `${says} ${n + 1}` : says })))
  return each.length > 1 && h('fieldset', { class: 'choices' }, h('legend', { class: 'label' }, 'What stays here? Untick what you took.'),
    each.map(({ code, says }, n) => h('div', { class: 'choice choice--box' },
      h('input', { type: 'checkbox', name: 'left', id: `left-${n}`, value: code, checked: true }), h('label', { for: `left-${n}` }, says))))
}

const choice = (name, legend, options) => h('fieldset', { class: 'choices' }, h('legend', { class: 'unseen' }, legend),
  options.map(({ code, says }, n) => h('div', { class: 'choice' }, h('input', { type: 'radio', name, id: `${name}-${n}`, value: code }), h('label', { for: `${name}-${n}` }, says))))

export function fault (held) {
  return ['Found a fault', [
    h('h1', {}, 'Found a fault'),
    h('form', { 'data-form': 'fault', novalidate: true }, wrong(),
      h('h2', {}, 'What is it?'), choice('service', 'What is it?', held.day?.faults ?? []),
      h('h2', {}, 'Where is it?'),
      h('button', { type: 'button', class: 'button button--plain', 'data-do': 'position' }, 'Use where I am now'),
      h('p', { role: 'status', 'data-position': true }),
      words('words', 'Say where and what, in a few words'),
      camera('photo', 'Photos', 3),
      h('button', { class: 'button' }, 'Raise it'))
  ]]
}

const SAID = { going: 'On the way', started: 'Started', paused: 'Paused', done: 'Done', not_done: 'Can’t do it', fault: 'Fault' }

// Photos that found no room when the report was made, and are on the phone.
const owed = (one) => h('div', { class: 'field' },
  h('p', {}, `${one.owed === 1 ? '1 photo of this is' : `${one.owed} photos of this are`} only on this phone.`),
  h('label', { class: 'button button--plain button--file', for: 'owed-' + one.id }, 'Add the saved photo'),
  h('input', { class: 'unseen', type: 'file', id: 'owed-' + one.id, accept: 'image/*', 'data-owed': one.id }),
  h('p', { class: 'wrong', role: 'alert', 'data-wrong': true }),
  h('button', { type: 'button', class: 'button button--plain', 'data-do': 'unowed', 'data-id': one.id }, 'It is not needed'))

export function sent (held) {
  const rows = [...held.reports].sort((a, b) => b.number - a.number).slice(0, 100)
  return ['Sent and waiting', [
    h('h1', {}, 'Sent and waiting'),
    notices(held),
    h('p', { class: 'big' }, held.strip),
    held.wrongPhotos.map((photo) => h('div', { class: 'notice' }, h('p', {}, `A photo was not taken: ${photo.wrong}`), h('button', { type: 'button', class: 'button button--plain', 'data-do': 'photo', 'data-id': photo.id }, 'Understood'))),
    h('p', {}, h('button', { type: 'button', class: 'button button--plain', 'data-do': 'sync' }, 'Send now')),
    rows.length > 0 && h('ul', { class: 'reports' }, rows.map((one) => h('li', {},
      h('strong', {}, SAID[one.kind] ?? one.kind), ` ${clockTime(one.at)} `, one.what, h('br'),
      h('span', { class: `tag tag--${one.state === 'sent' ? 'done' : 'waiting'}` }, one.state === 'sent' ? 'Sent' : 'Waiting to send'),
      one.told && h('span', {}, ' ' + one.told),
      one.owed > 0 && owed(one)))),
    h('h2', {}, 'This device'),
    h('p', {}, held.day?.device ? `${held.day.device.name}, ${held.day.device.crew}` : ''),
    held.room !== null && h('p', {}, held.room === 0 ? 'No room for more photos. Words are still kept.' : held.room < 6 ? `Room for about ${held.room === 1 ? 'one more photo' : `${held.room} more photos`}.` : 'There is room for photos.'),
    !held.lasting && h('p', {}, 'Install this app on the phone: until then the phone may clear what waits here when it needs the room.'),
    held.waiting === 0
      ? h('button', { type: 'button', class: 'button button--plain', 'data-do': 'leave' }, 'Leave this crew and forget its jobs')
      : h('p', {}, 'You can leave this crew once everything is sent.')
  ]]
}
