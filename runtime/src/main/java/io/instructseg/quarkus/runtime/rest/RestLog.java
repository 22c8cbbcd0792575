package io.instructseg.quarkus.runtime.rest;

import org.jboss.logging.BasicLogger;
import org.jboss.logging.Logger;
import org.jboss.logging.annotations.Cause;
import org.jboss.logging.annotations.LogMessage;
import org.jboss.logging.annotations.Message;
import org.jboss.logging.annotations.MessageLogger;

/** What the endpoint says in the log. */
@MessageLogger(projectCode = "INSTRUCTSEG", length = 4)
interface RestLog extends BasicLogger {

    RestLog LOG = Logger.getMessageLogger(java.lang.invoke.MethodHandles.lookup(), RestLog.class,
            "io.instructseg.quarkus.rest");

    @LogMessage(level = Logger.Level.ERROR)
    @Message(id = 101, value = "A request failed")
    void failed(@Cause Throwable cause);
}
