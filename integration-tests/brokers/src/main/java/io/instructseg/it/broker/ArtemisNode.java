package io.instructseg.it.broker;

import java.io.File;

import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;

/** Runs Artemis with AMQP 1.0 only; what is rejected goes to {@code dead-letters}. */
final class ArtemisNode {

    private ArtemisNode() {
    }

    /** @param arguments directory, port */
    public static void main(String[] arguments) throws Exception {
        Broker.endWithTheTest();
        Configuration configuration = new ConfigurationImpl().setPersistenceEnabled(false).setSecurityEnabled(false)
                .setJMXManagementEnabled(false)
                .addAcceptorConfiguration("amqp", "tcp://localhost:" + arguments[1] + "?protocols=AMQP")
                .addAddressSetting("#", settings());
        configuration.setBrokerInstance(new File(arguments[0]));
        new EmbeddedActiveMQ().setConfiguration(configuration).start();
        System.out.println(Broker.READY);
        Thread.currentThread().join();
    }

    private static AddressSettings settings() {
        return new AddressSettings().setDeadLetterAddress(SimpleString.of("dead-letters"))
                .setDefaultAddressRoutingType(RoutingType.ANYCAST).setDefaultQueueRoutingType(RoutingType.ANYCAST)
                .setAutoDeleteQueues(false).setAutoDeleteAddresses(false);
    }
}
