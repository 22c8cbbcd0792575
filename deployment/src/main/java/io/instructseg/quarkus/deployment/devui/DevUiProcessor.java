package io.instructseg.quarkus.deployment.devui;

import io.instructseg.quarkus.runtime.dev.DevUiModels;
import io.instructseg.quarkus.runtime.dev.TryHandler;
import io.quarkus.deployment.IsLocalDevelopment;
import io.quarkus.deployment.annotations.BuildStep;
import io.quarkus.deployment.annotations.BuildSteps;
import io.quarkus.devui.spi.JsonRPCProvidersBuildItem;
import io.quarkus.devui.spi.page.CardPageBuildItem;
import io.quarkus.devui.spi.page.Page;
import io.quarkus.vertx.http.deployment.spi.RouteBuildItem;

/** The card in the Dev UI with its pages; in a host without a Dev UI nothing asks for these items. */
@BuildSteps(onlyIf = IsLocalDevelopment.class)
class DevUiProcessor {

    /** The page has it relative to its own address. Below the Dev UI, so that its filters of hosts and origins hold for it. */
    private static final String TRY_PATH = "dev-ui/instructseg/try";

    /** After these filters (-600 and -300), before Dev UI's pages, which are everything else below that path. */
    private static final int TRY_ORDER = -200;

    @BuildStep
    CardPageBuildItem card() {
        CardPageBuildItem card = new CardPageBuildItem();
        card.addLibraryVersion("org.tensorflow", "tensorflow-core-api", "TensorFlow Java", "https://www.tensorflow.org/jvm");
        card.addPage(Page.webComponentPageBuilder().title("Models").icon("font-awesome-solid:layer-group")
                .componentLink("qwc-instructseg-models.js"));
        card.addPage(Page.webComponentPageBuilder().title("Try it").icon("font-awesome-solid:wand-magic-sparkles")
                .componentLink("qwc-instructseg-try.js"));
        return card;
    }

    @BuildStep
    JsonRPCProvidersBuildItem models() {
        return new JsonRPCProvidersBuildItem(DevUiModels.class);
    }

    @BuildStep
    RouteBuildItem tryRoute() {
        return RouteBuildItem.newFrameworkRoute(TRY_PATH).withOrder(TRY_ORDER).withRequestHandler(new TryHandler()).build();
    }
}
