// Videos: a form over POST /instructseg/videos, whose answers are painted as they arrive. No library, no build.

const ENDPOINT = 'instructseg/videos';
const TASKS = { rvos: 'referring', revos: 'reasoning' };
/** Seconds: times of frames are rounded on their way through the file. */
const TOLERANCE = 0.005;

const $ = id => document.getElementById(id);
const video = $('video');

let file = null; // {blob, name, url}
let frames = []; // the answers so far, by rising time
let running = null; // AbortController of the request under way

function el(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function path(d, name) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  Object.entries({ d, class: name, 'fill-rule': 'evenodd' }).forEach(([key, value]) => element.setAttribute(key, value));
  return element;
}

// ---- which video

async function showExamples() {
  const videos = new Map();
  for (const { task, frames: files, sentence } of await (await fetch('examples/expected.json')).json()) {
    if (TASKS[task]) {
      videos.set(files[0], [...videos.get(files[0]) ?? [], { task: TASKS[task], sentence }]);
    }
  }
  for (const [first, suggestions] of videos) {
    const number = first.split('/')[1];
    const button = el('button', { type: 'button', title: suggestions[0].sentence },
      el('img', { src: `examples/${first}`, alt: `Example ${number}: ${suggestions[0].sentence}` }));
    button.dataset.video = number;
    button.ariaPressed = false;
    button.addEventListener('click', () => useExample(number, suggestions));
    $('examples').append(button);
  }
  await useExample(...[...videos].map(([first, suggestions]) => [first.split('/')[1], suggestions])[0]);
}

async function useExample(number, suggestions) {
  const response = await fetch(`examples/videos/${number}.mp4`);
  use(await response.blob(), `${number}.mp4`);
  [...$('examples').children].forEach(button => { button.ariaPressed = button.dataset.video === number; });
  $('suggestions').replaceChildren(...suggestions.map(suggestion => {
    const button = el('button', { type: 'button', textContent: suggestion.sentence });
    button.addEventListener('click', () => {
      fill(suggestion);
      run();
    });
    return button;
  }));
  fill(suggestions[0]);
}

function fill({ sentence, task }) {
  $('sentence').value = sentence;
  $('ask').elements.task.value = task;
}

function use(blob, name) {
  running?.abort();
  if (file) {
    URL.revokeObjectURL(file.url);
  }
  file = { blob, name, url: URL.createObjectURL(blob) };
  clear();
  video.src = file.url;
  $('suggestions').replaceChildren();
  [...$('examples').children].forEach(button => { button.ariaPressed = false; });
}

$('file').addEventListener('change', ({ target }) => {
  if (target.files.length) {
    use(target.files[0], target.files[0].name);
    target.value = '';
  }
});

video.addEventListener('loadedmetadata', () => size(video.videoWidth, video.videoHeight));

function size(width, height) {
  $('canvas').style.setProperty('--ratio', width / height);
  $('masks').setAttribute('viewBox', `0 0 ${width} ${height}`);
}

// ---- asking

async function run() {
  running?.abort();
  const attempt = running = new AbortController();
  clear();
  video.pause();
  document.body.classList.add('asking');
  $('progress').textContent = 'Looking…';
  const body = new FormData();
  body.append('video', file.blob, file.name);
  body.append('sentences', $('sentence').value);
  body.append('task', $('ask').elements.task.value);
  try {
    const response = await fetch(ENDPOINT, { method: 'POST', body, signal: attempt.signal });
    if (!response.ok) {
      throw new Error((await response.json().catch(() => ({}))).detail ?? `The service answered ${response.status}.`);
    }
    await lines(response.body, answer => arrived(answer, attempt));
  } catch (error) {
    if (!attempt.signal.aborted) {
      $('error').textContent = error instanceof TypeError ? 'The service did not answer.' : error.message;
      $('progress').textContent = '';
    }
  } finally {
    if (running === attempt) {
      document.body.classList.remove('asking');
    }
  }
}

/** Each line of a body as JSON, as it arrives. */
async function lines(body, take) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const complete = (rest + part.value).split('\n');
    rest = complete.pop();
    complete.forEach(line => take(JSON.parse(line)));
  }
}

function arrived(answer, attempt) {
  if (attempt.signal.aborted) {
    return;
  }
  if (answer.ended) {
    $('progress').textContent = `${answer.frames} frames.`;
    video.play().catch(() => {}); // the browser can't, and its masks can be moved through
  } else if (answer.status) {
    throw new Error(answer.detail);
  } else {
    frames.push(answer);
    $('position').max = answer.index;
    $('position').disabled = false;
    $('progress').textContent = `Frame ${frames.length}…`;
    seek(answer.index);
  }
}

function clear() {
  frames = [];
  $('masks').replaceChildren();
  $('masks').ariaLabel = 'No mask yet';
  $('position').disabled = true;
  $('position').max = $('position').value = 0;
  $('frame').textContent = $('error').textContent = $('progress').textContent = '';
}

$('ask').addEventListener('submit', event => {
  event.preventDefault();
  run();
});

// ---- painting and playing

/** Shows a frame with its mask. */
function seek(index) {
  video.pause();
  video.currentTime = frames[index].time + TOLERANCE;
  paint(index);
}

function paint(index) {
  const { time, segmentations: [{ found, score, mask }] } = frames[index];
  const d = (mask.polygons ?? []).flat().map(ring => `M${ring.map(point => point.join(' ')).join('L')}Z`).join('');
  size(mask.rle.size[1], mask.rle.size[0]);
  $('masks').replaceChildren(...['mask', 'halo', 'contour'].map(name => path(d, name)));
  $('masks').dataset.frame = index;
  $('masks').ariaLabel = `${found ? 'Found' : 'Not found'} in frame ${index + 1}, score ${score.toFixed(3)}`;
  $('position').value = index;
  $('frame').textContent = `Frame ${index + 1} at ${time.toFixed(2)} s, score ${score.toFixed(3)}`;
}

/** The mask of the frame that the browser shows: the last that begins before. */
function follow(now, { mediaTime }) {
  const index = frames.findLastIndex(frame => frame.time <= mediaTime + TOLERANCE);
  if (index >= 0 && !video.paused) {
    paint(index);
  }
  video.requestVideoFrameCallback(follow);
}
video.requestVideoFrameCallback(follow);

$('position').addEventListener('input', () => seek(Number($('position').value)));
$('play').addEventListener('click', () => (video.paused ? video.play().catch(() => {}) : video.pause()));
video.addEventListener('play', () => { $('play').textContent = 'Pause'; });
video.addEventListener('pause', () => { $('play').textContent = 'Play'; });

showExamples().catch(() => { $('error').textContent = 'The examples could not be read.'; });
