/** Compares a model with what the official code gave, stage by stage: the subcommand {@code verify}. */
package io.instructseg.cli.verify;
