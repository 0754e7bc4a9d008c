import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/** One search node until the process is ended. Arguments: its folder, then settings as name=value. */
public final class SearchNode {
    private SearchNode() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]).toAbsolutePath();
        Settings.Builder chosen = Settings.builder().put("path.home", folder.toString());
        for (String argument : java.util.Arrays.asList(arguments).subList(1, arguments.length)) {
            int equals = argument.indexOf('=');
            chosen.put(argument.substring(0, equals), argument.substring(equals + 1));
        }
        Environment environment = new Environment(chosen.build(), folder.resolve("config"));
        LogConfigurator.registerErrorListener();
        LogConfigurator.configure(environment, true);
        PluginsLoader modules =
                PluginsLoader.createPluginsLoader(PluginsLoader.loadModulesBundles(environment.modulesDir()), Set.of(), Map.of());
        Node node = new Node(environment, modules);
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(node, ended)));
        node.start();
        ended.await();
    }

    private static void close(Node node, CountDownLatch ended) {
        try {
            node.close();
        } catch (Exception error) {
            System.err.println("closing: " + error);
        } finally {
            ended.countDown();
        }
    }
}
