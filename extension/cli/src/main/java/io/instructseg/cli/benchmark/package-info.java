/** What a video's frame takes: counted, and measured. */
package io.instructseg.cli.benchmark;
