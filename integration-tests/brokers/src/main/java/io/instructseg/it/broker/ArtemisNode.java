package io.instructseg.it.broker;

import java.io.File;

import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressFullMessagePolicy;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;

/**
 * Runs Artemis with AMQP 1.0 only. What is rejected goes to {@code dead-letters}; {@code segmentation-results} refuses messages
 * while many bytes are in it.
 */
final class ArtemisNode {

    private static final int MOST_BYTES_OF_RESULTS = 50_000;

    private ArtemisNode() {
    }

    /** @param arguments directory, port */
    public static void main(String[] arguments) throws Exception {
        Broker.endWithTheTest();
        Configuration configuration = new ConfigurationImpl().setPersistenceEnabled(false).setSecurityEnabled(false)
                .setJMXManagementEnabled(false)
                .addAcceptorConfiguration("amqp", "tcp://localhost:" + arguments[1] + "?protocols=AMQP")
                .addAddressSetting("#", settings())
                .addAddressSetting("segmentation-results", settings().setMaxSizeBytes(MOST_BYTES_OF_RESULTS)
                        .setAddressFullMessagePolicy(AddressFullMessagePolicy.FAIL));
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
