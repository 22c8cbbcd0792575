// The page of the demo service: a form over POST /instructseg/segmentations. No library, no build.

const ENDPOINT = 'instructseg/segmentations';
const FIRST_EXAMPLE = 'images/10.png';
const COLOURS = ['#ff3b81', '#2f8fff', '#ffb300', '#1fbf86', '#9b6bff', '#ff7433'];
const FIELDS = { image: 'file', sentences: 'sentences', task: 'task', threshold: 'threshold', candidates: 'all' };
const TASKS = { res: 'referring', reason: 'reasoning' };
const STAGES = {
  encode_vision: 'SigLIP vision encoder', encode_backbone: 'Swin backbone', decode_pixels: 'Pixel decoder',
  perceive: 'Object-aware perceiver', reason: 'Language model', fuse: 'Text fusion', decode_masks: 'Mask decoder',
  resolve_masks: 'Masks at full size',
};

const $ = id => document.getElementById(id);
const form = $('ask');

export let picture = null; // {blob, name, example, path, url}
let wanted = FIRST_EXAMPLE; // the example that was chosen last, if no file was since
let shown = null; // {request, answer, active: index of the answer, candidate: index or null for the answer itself}
let running = null; // AbortController of the request under way

// ---- small helpers

export function el(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
  element.append(...children);
  return element;
}

function coloured(element, index) {
  element.style.setProperty('--colour', COLOURS[index % COLOURS.length]);
  return element;
}

function bar(part, threshold) {
  const element = el('div', { className: 'bar' }, el('i'));
  element.style.setProperty('--part', part);
  if (threshold !== undefined) {
    element.style.setProperty('--threshold', threshold);
    element.append(el('b', { title: `threshold ${threshold}` }));
  }
  return element;
}

export const say = text => { $('live').textContent = text; };
const number = (value, digits) => value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });

// ---- the model: nothing is asked before it is ready, but nothing is refused either

export const ready = waitForModel();
ready.catch(() => {}); // told in the banner, and to who asks

async function waitForModel() {
  const start = Date.now();
  for (;;) {
    const state = await modelState();
    showModel(state, Math.round((Date.now() - start) / 1000));
    if (state.name === 'ready') {
      return;
    }
    if (state.name === 'failed') {
      throw new Error(`The model can't be used: ${state.reason || 'see the log of the service'}`);
    }
    await new Promise(resolve => setTimeout(resolve, 700));
  }
}

/** Readiness has a check with data of the model: its state, and if it failed the reason. */
async function modelState() {
  try {
    const health = await (await fetch('q/health/ready', { cache: 'no-store' })).json();
    const { status, data = {} } = health.checks.find(({ name }) => /instructseg/i.test(name)) ?? health;
    return { name: status === 'UP' ? 'ready' : data.state ?? 'loading', reason: data.reason };
  } catch {
    return { name: 'unreachable' };
  }
}

function showModel({ name, reason }, seconds) {
  const texts = {
    ready: ['Model ready', ''],
    loading: ['Model is loading', `Step 1 of 2: loading the weights, ${seconds} s so far. The first start on a machine also `
      + 'unpacks TensorFlow, which can take a minute. Whatever you ask meanwhile is answered then.'],
    warming: ['Model is warming up', `Step 2 of 2: every stage runs once, ${seconds} s so far.`],
    failed: ['Model failed', `It can't be used: ${reason || 'see the log of the service'}`],
    unreachable: ['No connection', 'The service does not answer. Trying again every second.'],
  };
  const [short, long] = texts[name] ?? texts.loading;
  $('model-pill').dataset.state = name;
  $('model-state').textContent = short;
  $('loading').hidden = name === 'ready';
  $('loading-title').textContent = name === 'failed' ? 'The model is not available' : 'The model is getting ready';
  $('loading-text').textContent = long;
  $('loading-progress').hidden = name === 'failed';
}

// ---- examples

const expected = fetch('examples/expected.json').then(response => response.json());

/** What is known of a picture. */
export const examplesOf = async shown => (await expected).filter(({ image }) => image === shown?.example);

async function showExamples() {
  const examples = new Map();
  for (const { task, image, sentence } of (await expected).filter(item => item.image && TASKS[item.task])) {
    examples.set(image, [...examples.get(image) ?? [], { task: TASKS[task], sentence }]);
  }
  for (const path of [...examples.keys()].sort()) {
    $('examples').append(exampleButton(path, examples.get(path)));
  }
  $('examples').addEventListener('keydown', moveInRail);
  focusable($('examples').firstElementChild);
  if (wanted === FIRST_EXAMPLE) {
    await useExample(FIRST_EXAMPLE, examples.get(FIRST_EXAMPLE));
  }
}

function exampleButton(path, suggestions) {
  const button = el('button', { type: 'button', title: suggestions[0].sentence },
    el('img', { src: `examples/${path}`, alt: `Example ${parseInt(path.slice(7), 10)}: ${suggestions[0].sentence}`, loading: 'lazy' }));
  button.dataset.image = path;
  button.ariaPressed = false;
  button.addEventListener('click', async () => {
    if (await useExample(path, suggestions)) {
      run();
    }
  });
  return button;
}

/** A toolbar: one stop for Tab, arrows inside. */
function moveInRail(event) {
  const buttons = [...$('examples').children];
  const to = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
  if (to) {
    event.preventDefault();
    const index = Math.max(0, Math.min(buttons.length - 1, buttons.indexOf(document.activeElement) + to));
    focusable(buttons[index]);
    buttons[index].focus();
  }
}

function focusable(button) {
  [...$('examples').children].forEach(other => { other.tabIndex = other === button ? 0 : -1; });
}

/** False if something else was chosen meanwhile. */
async function useExample(path, suggestions) {
  wanted = path;
  const blob = await (await fetch(`examples/${path}`)).blob();
  if (wanted !== path) {
    return false;
  }
  usePicture(blob, path.slice(7), path);
  const button = document.querySelector(`[data-image="${path}"]`);
  button.ariaPressed = true;
  button.scrollIntoView({ block: 'nearest', inline: 'center' });
  focusable(button);
  $('suggestions').replaceChildren(...suggestions.map(suggestionButton));
  $('suggestions-field').hidden = false;
  fill(suggestions[0]);
  return true;
}

function suggestionButton(suggestion) {
  const button = el('button', { type: 'button', textContent: suggestion.sentence });
  button.addEventListener('click', () => {
    fill(suggestion);
    run();
  });
  return button;
}

function fill({ sentence, task }) {
  $('sentences').value = sentence;
  form.elements.task.value = task;
  markSuggestion();
}

function markSuggestion() {
  [...$('suggestions').children].forEach(button => { button.ariaPressed = button.textContent === $('sentences').value; });
}

// ---- the picture

function usePicture(blob, name, example) {
  if (picture) {
    URL.revokeObjectURL(picture.url);
  }
  running?.abort();
  picture = { blob, name, example, path: example ? `extension/demo-model/examples/${example}` : name, url: URL.createObjectURL(blob) };
  clear();
  [...$('examples').children].forEach(button => { button.ariaPressed = false; });
  $('picture-name').textContent = name;
  $('picture').hidden = false;
  $('empty').hidden = true;
  $('picture').src = picture.url;
  document.dispatchEvent(new Event('picture'));
}

function useFile(file) {
  wanted = null;
  usePicture(file, file.name || 'pasted.png');
  $('suggestions-field').hidden = true;
  $('suggestions').replaceChildren();
  $('sentences').value = '';
  $('sentences').focus();
  say(`${picture.name} is chosen. What are you looking for in it?`);
}

$('picture').addEventListener('load', ({ target }) => {
  setSize(target.naturalWidth, target.naturalHeight);
  $('picture-name').textContent = `${picture.name}, ${target.naturalWidth} × ${target.naturalHeight}`;
});
$('picture').addEventListener('error', () => {
  // the service may know more formats than the browser does, and says what is wrong otherwise
  $('picture').hidden = true;
  $('empty').hidden = false;
  $('empty').textContent = `The browser can't show ${picture.name}`;
});

function setSize(width, height) {
  $('canvas').style.setProperty('--ratio', width / height);
}

$('file').addEventListener('change', ({ target }) => {
  if (target.files.length) {
    useFile(target.files[0]);
    target.value = '';
  }
});

document.addEventListener('paste', event => {
  const file = [...event.clipboardData.files][0];
  if (file) {
    event.preventDefault();
    useFile(file);
  }
});

for (const type of ['dragenter', 'dragover', 'dragleave', 'drop']) {
  document.addEventListener(type, event => {
    if (!event.dataTransfer.types.includes('Files')) {
      return; // text, into the field
    }
    event.preventDefault();
    $('stage').classList.toggle('dragging', type === 'dragover' || type === 'dragenter');
    if (type === 'drop') {
      useFile(event.dataTransfer.files[0]);
    }
  });
}

// ---- asking

function currentRequest() {
  const lines = $('sentences').value.split('\n').map((text, index) => ({ text: text.trim(), line: index + 1 }));
  const asked = lines.filter(line => line.text);
  return {
    picture, sentences: asked.map(line => line.text), lines: asked.map(line => line.line), task: form.elements.task.value,
    threshold: $('threshold').value, candidates: $('all').checked ? 'all' : 'best',
  };
}

function send(request, accept, signal) {
  const body = new FormData();
  if (request.picture) {
    body.append('image', request.picture.blob, request.picture.name);
  }
  request.sentences.forEach(sentence => body.append('sentences', sentence));
  ['task', 'threshold', 'candidates'].forEach(name => body.append(name, request[name]));
  return fetch(ENDPOINT, { method: 'POST', body, headers: { Accept: accept }, signal });
}

async function run() {
  running?.abort();
  const attempt = running = new AbortController();
  const request = currentRequest();
  clearErrors();
  busy(true, 'Waiting for the model…');
  try {
    await ready;
    if (!attempt.signal.aborted) {
      busy(true, 'Looking…');
    }
    const response = await send(request, 'application/json', attempt.signal);
    if (response.ok) {
      show(request, await response.json());
    } else {
      showProblem(await problem(response), request);
    }
  } catch (error) {
    if (!attempt.signal.aborted) {
      showProblem({ detail: error instanceof TypeError ? 'The service did not answer. Is it running? It also hangs up on '
        + 'pictures far beyond its limits.' : error.message }, request);
    }
  } finally {
    if (running === attempt) {
      busy(false, 'Find it');
    }
  }
}

function busy(isBusy, label) {
  document.body.classList.toggle('busy', isBusy);
  $('answers').ariaBusy = isBusy;
  $('run-label').textContent = label;
}

form.addEventListener('submit', event => {
  event.preventDefault();
  run();
});
$('sentences').addEventListener('keydown', event => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && !matchMedia('(pointer: coarse)').matches) {
    event.preventDefault();
    form.requestSubmit();
  }
});
$('sentences').addEventListener('input', markSuggestion);
$('threshold').addEventListener('input', () => { $('threshold-value').textContent = Number($('threshold').value).toFixed(2); });

// ---- problems, beside the field that they name

/** What the endpoint says; or, of a failure before the endpoint, what is known. */
export async function problem(response) {
  if (response.headers.get('Content-Type')?.includes('problem+json')) {
    return response.json();
  }
  return response.status === 413 ? { field: 'image', detail: 'The picture is larger than the service takes.' }
    : { detail: `The service answered ${response.status} ${response.statusText}.` };
}

function showProblem({ field = '', detail }, request) {
  clear();
  const [, name, index] = /^(\w*)(?:\[(\d+)])?/.exec(field);
  const line = index !== undefined && request.sentences.length > 1 ? `Line ${request.lines[index]}: ` : '';
  const error = $(`${name}-error`) ?? $('form-error');
  error.textContent = line + detail;
  const input = $(FIELDS[name]);
  if (input) {
    input.ariaInvalid = true;
    $('options').open ||= $('options').contains(input);
    input.focus();
  }
}

function clearErrors() {
  document.querySelectorAll('.error').forEach(error => error.replaceChildren());
  document.querySelectorAll('[aria-invalid]').forEach(input => { input.ariaInvalid = null; });
}

function clear() {
  shown = null;
  clearErrors();
  $('masks').replaceChildren();
  $('tags').replaceChildren();
  $('masks').ariaLabel = 'No mask yet';
  $('answers').hidden = true;
  $('candidates').hidden = true;
}

// ---- answers

function show(request, answer) {
  shown = { request, answer, active: 0, candidate: null };
  setSize(answer.image.width, answer.image.height);
  $('results').replaceChildren(...answer.segmentations.map(result));
  $('answers').hidden = false;
  showTimings(answer.timings);
  $('curl').textContent = curl(request);
  activate(0);
  $('stage').scrollIntoView({ block: 'nearest' });
  say(answer.segmentations.map(spoken).join(' '));
}

const spoken = ({ sentence, found, score }) =>
  `${found ? 'Found' : 'Not found'}: ${sentence}, ${found ? 'score' : 'best score'} ${score.toFixed(3)}.`;

function result(segmentation, index) {
  const { sentence, found, score, mask } = segmentation;
  const several = shown.answer.segmentations.length > 1;
  const name = several ? el('button', { type: 'button', className: 'sentence', textContent: sentence })
    : el('h3', { className: 'sentence', textContent: sentence });
  name.addEventListener('click', () => activate(index));
  const item = el('li', { className: 'card result' },
    el('div', { className: 'row' }, name, el('span', { className: 'score', textContent: score.toFixed(3), title: 'score, 0 to 1' })),
    bar(score, shown.request.threshold));
  item.append(...found ? [figures(mask), actions(sentence)] : [notFound(score)]);
  return coloured(item, index);
}

function figures({ area, box }) {
  const { width, height } = shown.answer.image;
  const texts = box ? [`${number(100 * area / (width * height), 1)} % of the picture, ${number(area, 0)} pixels`,
    `x ${box.x} to ${box.x + box.width - 1}, y ${box.y} to ${box.y + box.height - 1}`] : ['An empty mask'];
  return el('p', { className: 'figures' }, ...texts.map(textContent => el('span', { textContent })));
}

function notFound(score) {
  return el('p', { className: 'kind', textContent: `Nothing here fits that well enough: the best guess scores ${score.toFixed(3)}, `
    + `and ${shown.request.threshold} is asked for. The candidates show what the model thought of; a lower threshold takes it.` });
}

function actions(sentence) {
  const { request } = shown;
  const download = el('button', { type: 'button', className: 'button', textContent: 'Mask as PNG' });
  download.addEventListener('click', async () => {
    const response = await send({ ...request, sentences: [sentence], candidates: 'best' }, 'image/png').catch(() => null);
    if (!response?.ok) {
      return showProblem(response ? await problem(response) : { detail: 'The service did not answer.' }, request);
    }
    const url = URL.createObjectURL(await response.blob());
    el('a', { href: url, download: `${request.picture.name.replace(/\.\w+$/, '')}-mask.png` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  });
  return el('div', { className: 'actions' }, download);
}

function activate(index) {
  shown.active = index;
  [...$('results').children].forEach((item, other) => {
    item.classList.toggle('active', other === index);
    item.querySelector('button.sentence')?.setAttribute('aria-pressed', other === index);
  });
  showCandidates(shown.answer.segmentations[index]);
  paint(null);
}

function showCandidates({ candidates = [], sentence, found }) {
  $('candidates').hidden = candidates.length < 2;
  $('candidates-of').textContent = `for “${sentence}”`;
  $('strip').replaceChildren(...candidates.map((candidate, rank) => tile(candidate, rank, found && rank === 0)));
}

function tile({ score, mask }, rank, checked) {
  const { width, height } = shown.answer.image;
  const input = el('input', { type: 'radio', name: 'candidate', value: rank, checked, ariaLabel: `Candidate ${rank + 1}, score ${score.toFixed(3)}` });
  const label = el('label', { className: 'tile' }, input,
    svg('svg', { viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' },
      svg('image', { href: picture.url, width, height, preserveAspectRatio: 'none' }), ...outline(mask, ['mask', 'contour'])),
    score.toFixed(3));
  input.addEventListener('change', () => paint(rank));
  label.addEventListener('pointerenter', () => paint(rank));
  label.addEventListener('pointerleave', () => paint(chosen()));
  return coloured(label, shown.active);
}

/** The candidate that is chosen in the strip; the answer itself when none is. */
function chosen() {
  const input = document.querySelector('[name="candidate"]:checked');
  return input ? Number(input.value) : null;
}

// ---- painting

/** A noisy mask may have too many corners to be told as polygons: then there are none. */
const pathOf = mask => (mask.polygons ?? []).flat().map(ring => `M${ring.map(point => point.join(' ')).join('L')}Z`).join('');

const outline = (mask, classes) =>
  classes.map(name => svg('path', { d: pathOf(mask), class: name, 'fill-rule': 'evenodd' }));

/** Paints all answers over the picture, with a candidate in the place of the active one. */
function paint(candidate) {
  const { answer: { image: { width, height }, segmentations }, active } = shown;
  const painted = segmentations.map((segmentation, index) =>
    index === active && candidate !== null ? segmentation.candidates[candidate] : segmentation);
  const holes = painted.flatMap(({ mask }) => outline(mask, ['hole']));
  const light = svg('mask', { id: 'light' }, svg('rect', { width, height, fill: 'white' }), ...holes);
  const some = holes.some(hole => hole.getAttribute('d'));
  $('masks').setAttribute('viewBox', `0 0 ${width} ${height}`);
  $('masks').replaceChildren(light, ...some ? [svg('rect', { width, height, class: 'veil', mask: 'url(#light)' })] : [],
    ...painted.map(({ mask }, index) => coloured(svg('g', { class: index === active ? 'active' : 'faded' },
      ...outline(mask, ['mask', 'halo', 'contour'])), index)));
  $('tags').replaceChildren(...painted.flatMap(tag));
  $('masks').ariaLabel = candidate === null ? segmentations.map(spoken).join(' ')
    : `Candidate ${candidate + 1}, score ${segmentations[active].candidates[candidate].score.toFixed(3)}`;
}

/** The score, above its mask. */
function tag({ mask: { box }, score }, index) {
  if (!box) {
    return [];
  }
  const { width, height } = shown.answer.image;
  const element = el('span', { className: 'tag', textContent: score.toFixed(3) });
  element.style.setProperty('--x', (box.x + box.width / 2) / width);
  element.style.setProperty('--y', box.y / height);
  return [coloured(element, index)];
}

// ---- how long it took, and how to ask without this page

function showTimings(timings) {
  const rows = Object.entries(timings);
  const total = rows.reduce((sum, [, milliseconds]) => sum + milliseconds, 0);
  $('total').textContent = `${number(total, 1)} ms`;
  $('timings').tBodies[0].replaceChildren(...rows.map(([stage, milliseconds]) => el('tr', {},
    el('th', { scope: 'row', textContent: STAGES[stage] ?? stage, title: stage }),
    el('td', {}, bar(milliseconds / total)), el('td', { textContent: `${number(milliseconds, 1)} ms` }))));
}

function curl({ picture: { path }, sentences, task, threshold, candidates }) {
  const quoted = text => `'${text.replaceAll("'", `'\\''`)}'`;
  const texts = [...sentences.map(sentence => `sentences=${sentence}`), `task=${task}`, `threshold=${threshold}`,
    `candidates=${candidates}`];
  // --form-string takes text literally; in a file's name, curl wants quotes for , and ;
  return [`curl ${new URL(ENDPOINT, document.baseURI)}`,
    `-F ${quoted(/[;,"\\]/.test(path) ? `image=@"${path.replace(/["\\]/g, '\\$&')}"` : `image=@${path}`)}`,
    ...texts.map(text => `--form-string ${quoted(text)}`)].join(' \\\n  ');
}

$('copy').addEventListener('click', async () => {
  try {
    await navigator.clipboard.writeText($('curl').textContent);
    $('copy').textContent = 'Copied';
  } catch {
    getSelection().selectAllChildren($('curl'));
    $('copy').textContent = 'Selected: copy it';
  }
  say($('copy').textContent);
  setTimeout(() => { $('copy').textContent = 'Copy'; }, 2000);
});

showExamples().catch(() => say('The examples could not be read.'));
