/** The command line: {@code instructseg convert}, {@code segment}, {@code inspect}. */
package io.instructseg.cli;
