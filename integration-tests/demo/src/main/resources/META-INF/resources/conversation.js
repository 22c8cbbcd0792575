// Questions about the picture of the page: a form over POST /instructseg/answers, whose answers arrive word by word.

import { el, examplesOf, picture, problem, ready, say } from './demo.js';

const ENDPOINT = 'instructseg/answers';
const $ = id => document.getElementById(id);

let turns = []; // {question, answer} of the conversation so far
let running = null; // AbortController of the request under way

function restart() {
  running?.abort();
  running = null;
  turns = [];
  $('turns').replaceChildren();
  $('question-error').textContent = '';
  $('restart').disabled = true;
  showQuestions();
}

/** Those of the examples about this picture. */
async function showQuestions() {
  const about = picture;
  const questions = (await examplesOf(about)).filter(({ task }) => task === 'vqa').map(({ question }) => question);
  if (picture !== about) {
    return;
  }
  $('question').value = questions[0] ?? '';
  $('questions').replaceChildren(...questions.map(question => {
    const button = el('button', { type: 'button', textContent: question });
    button.addEventListener('click', () => ask(question));
    return button;
  }));
}

async function ask(question) {
  running?.abort();
  const attempt = running = new AbortController();
  $('question-error').textContent = '';
  $('restart').disabled = false;
  const said = el('dd');
  const turn = el('div', { className: 'turn', ariaBusy: true }, el('dt', { textContent: question }), said);
  $('turns').append(turn);
  try {
    await ready;
    await answers(question, attempt.signal, event => {
      if (event.status) {
        throw new Error(event.detail);
      }
      said.textContent += event.text ?? '';
    });
    attempt.signal.throwIfAborted();
    turns.push({ question, answer: said.textContent });
    say(said.textContent);
    $('question').value = '';
  } catch (error) {
    turn.remove();
    if (!attempt.signal.aborted) {
      $('question-error').textContent = error instanceof TypeError ? 'The service did not answer.' : error.message;
    }
  } finally {
    turn.ariaBusy = false;
    if (running === attempt) {
      running = null;
      $('restart').disabled = turns.length === 0;
    }
  }
}

/** Takes the events as they arrive, but what they are called: their data tell. */
async function answers(question, signal, take) {
  const body = new FormData();
  if (picture) {
    body.append('image', picture.blob, picture.name);
  }
  body.append('question', question);
  body.append('turns', JSON.stringify(turns.filter(({ answer }) => answer.trim())));
  const response = await fetch(ENDPOINT, { method: 'POST', body, headers: { Accept: 'text/event-stream' }, signal });
  if (!response.ok) {
    throw new Error((await problem(response)).detail);
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const events = (rest + part.value).split('\n\n');
    rest = events.pop();
    events.forEach(event => take(JSON.parse(event.slice(event.indexOf('data: ') + 6))));
  }
}

$('question-form').addEventListener('submit', event => {
  event.preventDefault();
  ask($('question').value);
});
$('restart').addEventListener('click', () => {
  restart();
  $('question').focus();
});
document.addEventListener('picture', restart);
if (picture) {
  restart();
}
