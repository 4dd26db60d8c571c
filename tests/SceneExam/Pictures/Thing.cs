namespace SceneExam.Pictures;

/// <summary>The things of the domain's second tier.</summary>
internal enum Thing
{
    Dog,
    Cat,
    Horse,
    Cow,
    Pig,
    Rabbit,
    Bear,
    Lion,
    Frog,
    Fish,
    Bird,
    Butterfly,
    Bee,
    Snail,
    Turtle,
    Apple,
    Banana,
    Strawberry,
    Lemon,
    Grapes,
    Carrot,
    Bread,
    Pizza,
    Cake,
    Car,
    Bus,
    Bicycle,
    Airplane,
    Boat,
    Train,
    Rocket,
    House,
    Tree,
    Flower,
    Sun,
    Moon,
    Umbrella,
    Ball,
    Book,
    Clock,
    Key,
    Guitar,
    Cup,
}

internal static class ThingGroups
{
    /// <summary>Whether people call it an animal.</summary>
    public static bool IsAnimal(this Thing thing) => thing <= Thing.Turtle;
}
